// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// What is known of the channels between two layers.
struct ChannelRanges {
  /// [C] in the layer, and in its readers; 0 = not to be scaled.
  std::vector<double> layer;
  std::vector<double> readers;
  /// [C] smallest scale allowed, relative to the channels that are fixed (or to
  /// the mean); 0 = any. Empty = any for all.
  std::vector<double> smallest;
  /// Channels that must keep their scale. Empty = none.
  std::vector<bool> is_fixed;
};

/// s_c = sqrt(layer_c / readers_c), divided by its geometric mean and limited
/// to [1 / largest, largest] and from below by `smallest`; 1 for fixed channels
/// and where a range is zero.
[[nodiscard]] OMPQ_API std::vector<double> equalizing_scales(
    const ChannelRanges& ranges, double largest);

/// Largest over smallest of the positive ranges; 1 if there are none.
[[nodiscard]] OMPQ_API double range_ratio(const std::vector<double>& ranges);

}  // namespace ompq
