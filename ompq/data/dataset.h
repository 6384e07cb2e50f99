// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// A picture as stored: 8-bit RGB, layout [height, width, 3].
struct Image {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::vector<std::uint8_t> pixels;
};

/// One example of a dataset. Exactly one of `image` and `tensor` is set.
struct Sample {
  /// A picture that preprocessing still has to resize, crop and normalise.
  std::optional<Image> image;
  /// An array that is fed as it is, float32 row-major of shape `shape`
  /// (without the batch dimension), e.g. [C, H, W].
  std::optional<std::vector<float>> tensor;
  std::vector<std::int64_t> shape;
  /// Class index, if the dataset has labels.
  std::optional<std::int64_t> label;
};

/// Random access to examples. get() may be called from several threads.
class OMPQ_API Dataset {
 public:
  virtual ~Dataset() = default;

  /// Number of examples.
  [[nodiscard]] virtual std::int64_t size() const = 0;

  /// Example `index` of [0, size()).
  ///
  /// @throws Error{InvalidData}  the example is damaged; names its file
  [[nodiscard]] virtual Sample get(std::int64_t index) const = 0;

  /// What an error should call example `index`: a file name, or "images.npy,
  /// row 17".
  [[nodiscard]] virtual std::string name(std::int64_t index) const = 0;

  /// True if every example has a label.
  [[nodiscard]] virtual bool has_labels() const = 0;

  /// Class index of example `index`, without decoding it where the dataset can
  /// tell; the same as get(index).label.
  [[nodiscard]] virtual std::optional<std::int64_t> label(
      std::int64_t index) const {
    return get(index).label;
  }
};

}  // namespace ompq
