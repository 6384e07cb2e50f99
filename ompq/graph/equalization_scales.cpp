// SPDX-License-Identifier: MIT
#include "ompq/graph/equalization_scales.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace ompq {
namespace {

/// exp of the mean logarithm of the positive scales, of the fixed channels or
/// of all; nullopt if there are none.
std::optional<double> geometric_mean(
    const std::vector<double>& scales,
    const std::vector<bool>& is_fixed,
    bool only_fixed) {
  double sum = 0.0;
  int count = 0;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    if (scales[i] > 0.0 && (!only_fixed || is_fixed[i])) {
      sum += std::log(scales[i]);
      ++count;
    }
  }
  return count == 0 ? std::nullopt : std::optional(std::exp(sum / count));
}

}  // namespace

std::vector<double> equalizing_scales(
    const ChannelRanges& ranges, double largest) {
  std::vector<double> scales(ranges.layer.size());
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const double scale =
        std::sqrt(ranges.layer[i]) / std::sqrt(ranges.readers[i]);
    // 0 / 0, and what damaged weights give, leave the channel alone.
    scales[i] = std::isfinite(scale) ? scale : 0.0;
  }
  const bool any_fixed = !ranges.is_fixed.empty();
  auto mean =
      any_fixed ? geometric_mean(scales, ranges.is_fixed, true) : std::nullopt;
  if (!mean) {
    mean = geometric_mean(scales, ranges.is_fixed, false);
  }
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const bool stays = scales[i] == 0.0 || (any_fixed && ranges.is_fixed[i]);
    if (stays) {
      scales[i] = 1.0;
      continue;
    }
    const double smallest = ranges.smallest.empty() ? 0.0 : ranges.smallest[i];
    scales[i] = std::clamp(scales[i] / *mean, 1.0 / largest, largest);
    scales[i] = std::max(scales[i], smallest);
  }
  return scales;
}

double range_ratio(const std::vector<double>& ranges) {
  double low = 0.0;
  double high = 0.0;
  for (const double range : ranges) {
    if (range > 0.0) {
      low = low == 0.0 ? range : std::min(low, range);
      high = std::max(high, range);
    }
  }
  return low > 0.0 ? high / low : 1.0;
}

}  // namespace ompq
