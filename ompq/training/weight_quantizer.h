// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq {

/// The grid of one layer's weights while its steps are learned.
struct WeightGrid {
  IntegerGrid grid;
  /// [R, S] float32, or [1, 1] if all rows share one. S = ceil(K / group_size).
  at::Tensor scales;
  /// [R, S] int32.
  at::Tensor zero_points;
  /// Columns that share a scale; K if all do.
  std::int64_t group_size = 0;
};

/// Weights quantized to nearest as a differentiable operation; gradients flow
/// to `rows` and to `grid.scales`:
///
///   y = (saturate(round_half_even(w / s) + z) - z) s
///   dw = dy inside the grid, else 0
///   ds = sum dy (y / s - [inside] w / s)
///
/// @param rows  [R, K] float32
/// @return [R, K]
/// @throws Error{InvalidArgument}  a scale that is not positive and finite
/// @source straight-through estimator; steps: LSQ, arXiv 1902.08153
[[nodiscard]] OMPQ_API at::Tensor quantize_weight(
    const at::Tensor& rows, const WeightGrid& grid);

/// The codes of quantize_weight(), [R, K] int32.
[[nodiscard]] OMPQ_API at::Tensor weight_codes(
    const at::Tensor& rows, const WeightGrid& grid);

}  // namespace ompq
