// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/quantization/integer_grid.h"

namespace ompq::detail {

/// Smallest and largest number; both extended to hold 0, as every grid does.
struct NumberRange {
  double low = 0.0;
  double high = 0.0;

  void include(double number) {
    low = number < low ? number : low;
    high = number > high ? number : high;
  }
  /// Nothing but zeros, or numbers too small for normal scales.
  [[nodiscard]] bool is_zero() const;
};

/// Zero point of a symmetric grid: 0 on a signed one, else the middle.
[[nodiscard]] std::int32_t symmetric_zero_point(const IntegerGrid& grid);

/// Nearest float32 scale that is normal and finite.
[[nodiscard]] float to_scale(double scale);

/// Zero points worth trying with one scale.
struct ZeroPointWindow {
  std::int32_t first = 0;
  std::int32_t last = 0;
};

/// Zero points for which the grid lies inside the range, or around it where the
/// grid is the larger of the two. If all numbers have one sign, only the zero
/// point that gives them the whole grid: others would waste codes.
[[nodiscard]] ZeroPointWindow zero_point_window(
    const NumberRange& range,
    const IntegerGrid& grid,
    double scale,
    bool is_symmetric);

/// Smallest scale with which the grid holds the range for this zero point; a
/// side on which the grid has no steps is ignored.
[[nodiscard]] double holding_scale(
    const NumberRange& range, const IntegerGrid& grid, std::int32_t zero_point);

/// Smallest grid that holds the range, over all zero points.
[[nodiscard]] AffineParameters holding_grid(
    const NumberRange& range, const IntegerGrid& grid, bool is_symmetric);

/// A grid that represents this number exactly: it is a power of two times the
/// scale. Where a symmetric grid has no step on its side, it is rounded to 0.
[[nodiscard]] AffineParameters exact_grid(
    double number, const IntegerGrid& grid, bool is_symmetric);

}  // namespace ompq::detail
