// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// The use that images are made for; no image of one split is in another.
enum class SyntheticSplit { Train, Calibration, Test };

/// Which synthetic images.
struct SyntheticOptions {
  SyntheticSplit split = SyntheticSplit::Test;
  /// Number of images, at least 1.
  std::int64_t size = 10'000;
  /// Another seed gives other images of the same kind.
  std::uint64_t seed = 1;
};

/// Pictures of ten shapes (kShapeClassNames), made when asked for: [32, 32, 3],
/// 8-bit RGB. The shape that counts is the largest; it is turned, stretched,
/// slanted and bent, of any colour and pattern, on a patterned ground, between
/// smaller shapes and partly covered by others, unevenly lit, sometimes blurred
/// and noisy.
///
/// An image depends on seed, split and index alone, and is the same byte for
/// byte on every platform. Each ten consecutive images, from a multiple of ten
/// on, hold every class once, in random order.
class OMPQ_API SyntheticDataset : public Dataset {
 public:
  /// Height and width of the images, in pixels.
  static constexpr std::int64_t kSide = 32;

  /// @throws Error{InvalidArgument}  options.size is less than 1
  explicit SyntheticDataset(const SyntheticOptions& options);

  [[nodiscard]] std::int64_t size() const override { return options_.size; }
  /// @throws Error{InvalidArgument}  index outside [0, size())
  [[nodiscard]] Sample get(std::int64_t index) const override;
  /// "shapes test 17"
  [[nodiscard]] std::string name(std::int64_t index) const override;
  [[nodiscard]] bool has_labels() const override { return true; }

 private:
  SyntheticOptions options_;
};

}  // namespace ompq
