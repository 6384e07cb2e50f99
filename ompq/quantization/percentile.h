// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/quantization/grid_range.h"
#include "ompq/quantization/scale_search.h"

namespace ompq::detail {

/// Numbers spread evenly over an interval, or all equal.
struct NumberMass {
  double low = 0.0;
  double high = 0.0;
  double count = 0.0;
};

/// Range that keeps `percentile` per cent of the numbers at least: half of the
/// rest is cut off each tail. Everything is cut off one tail if all numbers
/// have the same sign; a symmetric range [-r, r] is cut by magnitude. If
/// nothing but zeros were left, the whole range.
///
/// @param masses  in any order; at least one
[[nodiscard]] NumberRange percentile_range(
    std::vector<NumberMass> masses, const ScaleSearchOptions& options);

}  // namespace ompq::detail
