// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/rounding_errors.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

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

/// Q(W) - W, some rows at a time that stay in the cache.
at::Tensor error_of(
    const at::Tensor& weight,
    const RoundedRows& rows,
    const IntegerGrid& grid) {
  constexpr std::int64_t kNumbers = std::int64_t{1} << 15;
  const std::int64_t count = weight.size(0);
  const std::int64_t block =
      std::max<std::int64_t>(1, kNumbers / weight.size(1));
  const at::Tensor scales = rows.spread_scales();
  const at::Tensor zero_points = rows.spread_zero_points();
  at::Tensor error = at::empty_like(weight);
  at::parallel_for(0, count, block, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    for (std::int64_t first = begin; first < end; first += block) {
      const std::int64_t size = std::min(block, end - first);
      const at::Tensor numbers = weight.narrow(0, first, size);
      const at::Tensor scale = scales.narrow(0, first, size);
      const at::Tensor zero_point = zero_points.narrow(0, first, size);
      at::Tensor part = error.narrow(0, first, size);
      at::div_out(part, numbers, scale)
          .round_()
          .add_(zero_point)
          .clamp_(grid.lowest(), grid.highest())
          .sub_(zero_point)
          .mul_(scale)
          .sub_(numbers);
    }
  });
  return error;
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
    const std::vector<RoundedRows> scales = search_scales(
        result.weight, of_widths, row_scale_options(result.layout, grids));
    for (std::size_t i = 0; i < of_widths.size(); ++i) {
      result.errors.push_back(error_of(result.weight, scales[i], of_widths[i]));
    }
  } catch (const Error& error) {
    fail(error.code(), "[search] layer '{}': {}", layer.name, error.what());
  }
  return result;
}

}  // namespace ompq
