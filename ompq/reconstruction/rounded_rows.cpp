// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/rounded_rows.h"

#include <algorithm>
#include <span>
#include <vector>

#include <ATen/ATen.h>

namespace ompq {
namespace {

std::span<const float> elements(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// Scales and zero points of the rows of some slices of columns.
struct ColumnScales {
  /// [R, 1] of each slice.
  std::vector<at::Tensor> scales;
  std::vector<at::Tensor> zero_points;

  void add(const std::vector<AffineParameters>& found, std::int64_t rows) {
    std::vector<float> scale;
    std::vector<float> zero_point;
    for (const AffineParameters& row : found) {
      scale.push_back(row.scale);
      zero_point.push_back(static_cast<float>(row.zero_point));
    }
    scales.push_back(at::tensor(scale).reshape({-1, 1}).expand({rows, 1}));
    zero_points.push_back(
        at::tensor(zero_point).reshape({-1, 1}).expand({rows, 1}));
  }
};

/// [R, S] spread over the columns it stands for: [R, K].
at::Tensor spread(
    const at::Tensor& parameter, std::int64_t group, std::int64_t columns) {
  return parameter.size(1) == 1
             ? parameter
             : parameter.repeat_interleave(group, 1).narrow(1, 0, columns);
}

}  // namespace

at::Tensor RoundedRows::spread_scales() const {
  return spread(scales, group_size, target.size(1));
}

at::Tensor RoundedRows::spread_zero_points() const {
  return spread(zero_points, group_size, target.size(1));
}

at::Tensor RoundedRows::values() const {
  return (codes - spread_zero_points()) * spread_scales();
}

at::Tensor RoundedRows::in_codes(const at::Tensor& weights) const {
  return weights / spread_scales() + spread_zero_points();
}

at::Tensor RoundedRows::sum_groups(const at::Tensor& rows) const {
  std::vector<at::Tensor> sums;
  for (std::int64_t begin = 0; begin < rows.size(1); begin += group_size) {
    const std::int64_t count = std::min(group_size, rows.size(1) - begin);
    sums.push_back(rows.narrow(1, begin, count).sum(1, true));
  }
  return at::cat(sums, 1);
}

std::vector<RoundedRows> search_scales(
    const at::Tensor& weights,
    std::span<const IntegerGrid> grids,
    const RowScaleOptions& options) {
  const std::int64_t rows = weights.size(0);
  const std::int64_t columns = weights.size(1);
  const std::int64_t group = options.group_size > 0 && !options.per_tensor
                                 ? std::min(options.group_size, columns)
                                 : columns;
  std::vector<ColumnScales> by_grid(grids.size());
  for (std::int64_t begin = 0; begin < columns; begin += group) {
    const at::Tensor slice =
        weights.narrow(1, begin, std::min(group, columns - begin)).contiguous();
    const auto found = search_row_scales(
        elements(slice),
        options.per_tensor ? slice.numel() : slice.size(1),
        grids,
        options.search);
    for (std::size_t i = 0; i < grids.size(); ++i) {
      by_grid[i].add(found[i], rows);
    }
  }
  std::vector<RoundedRows> result;
  for (const ColumnScales& own : by_grid) {
    result.push_back(
        {.scales = at::cat(own.scales, 1).contiguous(),
         .zero_points = at::cat(own.zero_points, 1).contiguous(),
         .group_size = group,
         .is_per_tensor = options.per_tensor,
         .target = weights});
  }
  return result;
}

RoundedRows search_scales(
    const at::Tensor& weights, const RowScaleOptions& options) {
  return search_scales(weights, std::span(&options.grid, 1), options).front();
}

RoundedRows round_to_nearest(
    const at::Tensor& weights, const RowScaleOptions& options) {
  RoundedRows result = search_scales(weights, options);
  const at::Tensor codes =
      at::round(weights / result.spread_scales()) + result.spread_zero_points();
  result.codes =
      codes.clamp(options.grid.lowest(), options.grid.highest()).contiguous();
  return result;
}

}  // namespace ompq
