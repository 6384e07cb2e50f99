// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "ompq/core/export.h"

namespace ompq {

/// Counts how often the right class is among the highest scores.
class OMPQ_API AccuracyMeter {
 public:
  /// Adds one image.
  ///
  /// The rank of the label is the number of classes with a higher score, or
  /// with the same score and a smaller index; NaN scores never count as
  /// higher, and a NaN score of the label is a miss.
  ///
  /// @param scores  one per class, higher = more likely
  /// @throws Error{InvalidData}  label outside [0, number of classes)
  void add(std::span<const float> scores, std::int64_t label);

  [[nodiscard]] std::int64_t images() const { return images_; }
  [[nodiscard]] std::int64_t top1_hits() const { return top1_hits_; }
  [[nodiscard]] std::int64_t top5_hits() const { return top5_hits_; }
  /// Share of images whose label has the highest score, in [0, 1]; 0 if no
  /// image was added.
  [[nodiscard]] double top1() const;
  /// Share of images whose label is among the five highest, in [0, 1].
  [[nodiscard]] double top5() const;

 private:
  std::int64_t images_ = 0;
  std::int64_t top1_hits_ = 0;
  std::int64_t top5_hits_ = 0;
};

}  // namespace ompq
