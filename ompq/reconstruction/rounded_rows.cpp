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

/// Scales and zero points of the rows of one slice of columns, each [R, 1].
struct ColumnScales {
  at::Tensor scales;
  at::Tensor zero_points;
};

ColumnScales search_slice(
    const at::Tensor& slice, const RowScaleOptions& options) {
  const std::int64_t rows = slice.size(0);
  const std::int64_t columns =
      options.per_tensor ? slice.numel() : slice.size(1);
  const std::vector<AffineParameters> found =
      search_row_scales(elements(slice), columns, options.grid, options.search);
  std::vector<float> scales;
  std::vector<float> zero_points;
  for (const AffineParameters& row : found) {
    scales.push_back(row.scale);
    zero_points.push_back(static_cast<float>(row.zero_point));
  }
  return {
      at::tensor(scales).reshape({-1, 1}).expand({rows, 1}),
      at::tensor(zero_points).reshape({-1, 1}).expand({rows, 1})};
}

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

RoundedRows search_scales(
    const at::Tensor& weights, const RowScaleOptions& options) {
  const std::int64_t columns = weights.size(1);
  const std::int64_t group = options.group_size > 0 && !options.per_tensor
                                 ? std::min(options.group_size, columns)
                                 : columns;
  std::vector<at::Tensor> scales;
  std::vector<at::Tensor> zero_points;
  for (std::int64_t begin = 0; begin < columns; begin += group) {
    const at::Tensor slice =
        weights.narrow(1, begin, std::min(group, columns - begin)).contiguous();
    const ColumnScales found = search_slice(slice, options);
    scales.push_back(found.scales);
    zero_points.push_back(found.zero_points);
  }
  return {
      .scales = at::cat(scales, 1).contiguous(),
      .zero_points = at::cat(zero_points, 1).contiguous(),
      .group_size = group,
      .is_per_tensor = options.per_tensor,
      .target = weights};
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
