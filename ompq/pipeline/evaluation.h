// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace ompq {

/// Accuracy of a network on labelled images.
struct Evaluation {
  /// Images that were evaluated.
  std::int64_t images = 0;
  /// Images left out because they were damaged.
  std::int64_t skipped = 0;
  std::int64_t top1_hits = 0;
  std::int64_t top5_hits = 0;
  /// Share of images whose label has the highest score, in [0, 1].
  double top1 = 0.0;
  /// Share of images whose label is among the five highest, in [0, 1].
  double top5 = 0.0;
  /// Wall time of decoding and inference, in seconds.
  double seconds = 0.0;
};

}  // namespace ompq
