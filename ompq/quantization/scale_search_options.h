// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/quantization/error_power.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/quantization/scale_search.h"

namespace ompq::detail {

/// @throws Error{InvalidArgument}  a width, power or percentile out of range
void check_scale_search(
    const IntegerGrid& grid, const ScaleSearchOptions& options);

/// Exponent of the rules that minimise a loss.
[[nodiscard]] ErrorPower error_power(const ScaleSearchOptions& options);

}  // namespace ompq::detail
