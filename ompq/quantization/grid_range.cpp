// SPDX-License-Identifier: MIT
#include "ompq/quantization/grid_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ompq::detail {

bool NumberRange::is_zero() const {
  constexpr double kSmallest = std::numeric_limits<float>::min();
  return low > -kSmallest && high < kSmallest;
}

std::int32_t symmetric_zero_point(const IntegerGrid& grid) {
  return grid.is_signed ? 0 : std::int32_t{1} << (grid.bits - 1);
}

float to_scale(double scale) {
  return static_cast<float>(std::clamp(
      scale,
      static_cast<double>(std::numeric_limits<float>::min()),
      static_cast<double>(std::numeric_limits<float>::max())));
}

ZeroPointWindow zero_point_window(
    const NumberRange& range,
    const IntegerGrid& grid,
    double scale,
    bool is_symmetric) {
  if (is_symmetric) {
    const std::int32_t only = symmetric_zero_point(grid);
    return {.first = only, .last = only};
  }
  if (range.low == 0.0 || range.high == 0.0) {
    const std::int32_t only = range.low == 0.0 ? grid.lowest() : grid.highest();
    return {.first = only, .last = only};
  }
  const double lowest = grid.lowest();
  const double highest = grid.highest();
  const double from_low = lowest - range.low / scale;
  const double from_high = highest - range.high / scale;
  const auto [first, last] = std::minmax(from_low, from_high);
  return {
      .first = static_cast<std::int32_t>(
          std::clamp(std::floor(first), lowest, highest)),
      .last = static_cast<std::int32_t>(
          std::clamp(std::ceil(last), lowest, highest))};
}

double holding_scale(
    const NumberRange& range,
    const IntegerGrid& grid,
    std::int32_t zero_point) {
  const double below = zero_point - grid.lowest();
  const double above = grid.highest() - zero_point;
  return std::max(
      below > 0.0 ? -range.low / below : 0.0,
      above > 0.0 ? range.high / above : 0.0);
}

AffineParameters holding_grid(
    const NumberRange& range, const IntegerGrid& grid, bool is_symmetric) {
  if (range.is_zero()) {
    return {
        .scale = 1.0F,
        .zero_point = is_symmetric ? symmetric_zero_point(grid) : 0};
  }
  if (is_symmetric) {
    const std::int32_t zero_point = symmetric_zero_point(grid);
    const double scale = holding_scale(range, grid, zero_point);
    // Positive numbers on {-1, 0}: any scale rounds them to 0.
    return {
        .scale = to_scale(scale > 0.0 ? scale : range.high - range.low),
        .zero_point = zero_point};
  }
  // Both sides need the same scale where the zero point splits the steps as 0
  // splits the range: one of the two integers around it is the best.
  const double share = -range.low / (range.high - range.low);
  const auto first = static_cast<std::int32_t>(share * grid.steps());
  const std::int32_t last = first + (first < grid.steps() ? 1 : 0);
  AffineParameters best;
  double best_scale = std::numeric_limits<double>::infinity();
  for (std::int32_t steps_below = first; steps_below <= last; ++steps_below) {
    const bool holds = (steps_below > 0 || range.low == 0.0) &&
                       (steps_below < grid.steps() || range.high == 0.0);
    const std::int32_t zero_point = grid.lowest() + steps_below;
    const double scale = holding_scale(range, grid, zero_point);
    if (holds && scale < best_scale) {
      best_scale = scale;
      best = {.scale = to_scale(scale), .zero_point = zero_point};
    }
  }
  if (!std::isinf(best_scale)) {
    return best;
  }
  // A single step cannot hold both signs: it holds the larger one.
  const bool is_positive = range.high > -range.low;
  return {
      .scale = to_scale(std::max(range.high, -range.low)),
      .zero_point = is_positive ? grid.lowest() : grid.highest()};
}

AffineParameters exact_grid(
    double number, const IntegerGrid& grid, bool is_symmetric) {
  NumberRange range;
  range.include(number);
  AffineParameters parameters = holding_grid(range, grid, is_symmetric);
  const std::int32_t steps = number > 0.0
                                 ? grid.highest() - parameters.zero_point
                                 : parameters.zero_point - grid.lowest();
  if (!range.is_zero() && steps > 0) {
    double scale = std::abs(number);
    constexpr double kSmallest = std::numeric_limits<float>::min();
    for (std::int32_t used = 2; used <= steps && scale >= 2.0 * kSmallest;
         used *= 2) {
      scale /= 2.0;
    }
    parameters.scale = to_scale(scale);
  }
  return parameters;
}

}  // namespace ompq::detail
