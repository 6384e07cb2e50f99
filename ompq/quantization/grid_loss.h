// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "ompq/quantization/error_power.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/quantization/weighted_numbers.h"

// How well a uniform grid represents numbers, compiled once for every
// instruction set and chosen at run time.
namespace ompq::detail {

/// losses[i] = sum weight * |x - fq_i(x)|^power for each candidate i.
///
/// Good for comparisons: of power 2 within the rounding of float32 sums, of
/// others within a few 1e-4, unless the loss is large because of numbers
/// outside the grid or almost 0 (then 1e-5).
///
/// Codes are rounded from x * (1 / scale) and not from x / scale: the loss is
/// continuous where the code changes, so both give the same up to rounding.
void grid_losses(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses);

/// The scale that fits best if every number keeps its code k = q - zero_point:
///
///   s = (sum u x k) / (sum u k^2),   u = weight * |x - fq(x)|^(power - 2)
///
/// For power 2 this is the minimum; otherwise a step of iteratively reweighted
/// least squares. Returns the old scale where the step is undefined.
[[nodiscard]] float refit_scale(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    const AffineParameters& parameters);

}  // namespace ompq::detail
