// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/rounding_errors.h"

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/reconstruction/rounded_rows.h"

namespace ompq {
namespace {

RowScaleOptions row_scale_options(
    const WeightRows& layout, const WeightGrids& grids) {
  const bool is_matrix = layout.shape.size() == 2;
  return {
      .search =
          {.rule = grids.rule,
           .is_symmetric = grids.is_symmetric,
           .density = grids.density},
      .group_size = is_matrix ? grids.group_size : 0,
      .per_tensor = !grids.per_channel};
}

}  // namespace

RoundingErrors rounding_errors(
    const Graph& graph,
    const Layer& layer,
    const std::vector<int>& widths,
    const WeightGrids& grids) {
  RoundingErrors result{.layout = weight_rows(graph, layer)};
  const Constant& weight = *graph.constant_input(graph.node(layer.node), 1);
  result.weight = to_rows(to_tensor(weight), result.layout);
  std::vector<IntegerGrid> of_widths;
  for (const int bits : widths) {
    of_widths.push_back({.bits = bits, .is_signed = grids.is_symmetric});
  }
  try {
    for (const RoundedRows& rounded : round_to_nearest(
             result.weight,
             of_widths,
             row_scale_options(result.layout, grids))) {
      result.errors.push_back(rounded.values() - result.weight);
    }
  } catch (const Error& error) {
    fail(error.code(), "[search] layer '{}': {}", layer.name, error.what());
  }
  return result;
}

}  // namespace ompq
