// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "ompq/core/export.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq {

/// Weights quantized to nearest, each row with a scale and zero point of its
/// own:
///
///   y[r, i] = (saturate(round_half_even(w[r, i] / scale[r]) + z[r]) - z[r])
///             * scale[r]
///
/// A row is an output channel, or, where groups divide the channel, a group.
/// NaN becomes 0. Bit for bit what fake_quantize gives for each row. Rows are
/// shared among OpenMP's threads; the result does not depend on their number.
///
/// @param parameters  [rows]
/// @param weights     [rows, columns]
/// @param y           [rows, columns]; may be the same memory as weights
/// @throws Error{InvalidArgument}  the grid or a row's parameters are invalid;
///                                 names the row
/// @throws Error{ShapeMismatch}    the weights are no whole rows, or y differs
///                                 in size
OMPQ_API void fake_quantize_rows(
    const IntegerGrid& grid,
    std::span<const AffineParameters> parameters,
    std::span<const float> weights,
    std::span<float> y);

/// Gradients of fake_quantize_rows:
///
///   dw[r, i]  = dy[r, i] * [w[r, i] is inside the grid]
///   dscale[r] = sum over i of dy[r, i] * { v - w[r, i] / scale[r]  inside
///                                        { v                       saturated
///
/// with v = y / scale, an integer. Sums are float64 before they are stored;
/// both are 0 for NaN.
///
/// @param dy      [rows, columns]
/// @param dw      [rows, columns]; may be the same memory as dy
/// @param dscale  [rows], overwritten
/// @throws Error{InvalidArgument}  the grid or a row's parameters are invalid
/// @throws Error{ShapeMismatch}    sizes do not agree
/// @source straight-through estimator; step gradient: LSQ, arXiv 1902.08153
OMPQ_API void fake_quantize_rows_gradient(
    const IntegerGrid& grid,
    std::span<const AffineParameters> parameters,
    std::span<const float> weights,
    std::span<const float> dy,
    std::span<float> dw,
    std::span<float> dscale);

}  // namespace ompq
