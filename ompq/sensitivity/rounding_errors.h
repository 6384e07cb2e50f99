// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"
#include "ompq/reconstruction/weight_rows.h"
#include "ompq/sensitivity/weight_grids.h"

namespace ompq {

/// The weights of a layer, as rows, and what rounding adds to them.
struct RoundingErrors {
  WeightRows layout;
  /// [R, K] float32.
  at::Tensor weight;
  /// dW_b = Q_b(W) - W for each width, [R, K] float32: every weight to the
  /// nearest integer at the scale that is searched for that width.
  std::vector<at::Tensor> errors;
};

/// @param widths  of weights, in bits
/// @throws Error{InvalidData}  a weight is NaN or infinite; names the layer
/// @throws Error{Unsupported}  as weight_rows()
[[nodiscard]] OMPQ_API RoundingErrors rounding_errors(
    const Graph& graph,
    const Layer& layer,
    const std::vector<int>& widths,
    const WeightGrids& grids);

}  // namespace ompq
