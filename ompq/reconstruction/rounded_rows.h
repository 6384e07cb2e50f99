// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/quantization/scale_search.h"

namespace ompq {

/// A matrix of weights as integers with a scale for every row, or for every
/// `group_size` columns of a row.
struct RoundedRows {
  /// [R, K] float32, whole numbers on the grid.
  at::Tensor codes;
  /// [R, S] float32, S = ceil(K / group_size).
  at::Tensor scales;
  at::Tensor zero_points;
  /// Columns that share a scale.
  std::int64_t group_size = 0;
  /// True if all rows have one scale and must keep it together.
  bool is_per_tensor = false;
  /// The real weights that the codes stand for, [R, K] float32: W, or W
  /// compensated for the error of the layer's inputs.
  at::Tensor target;

  /// (codes - zero_points) * scales, [R, K] float32.
  [[nodiscard]] OMPQ_API at::Tensor values() const;

  /// weights / scales + zero_points, [R, K] float32: codes before rounding.
  [[nodiscard]] OMPQ_API at::Tensor in_codes(const at::Tensor& weights) const;

  /// Scales and zero points for every column, [R, K] or [R, 1].
  [[nodiscard]] OMPQ_API at::Tensor spread_scales() const;
  [[nodiscard]] OMPQ_API at::Tensor spread_zero_points() const;

  /// Sums of the columns that share a scale: [R, K] -> [R, S].
  [[nodiscard]] OMPQ_API at::Tensor sum_groups(const at::Tensor& rows) const;
};

/// How scales of rows are found.
struct RowScaleOptions {
  IntegerGrid grid;
  ScaleSearchOptions search;
  /// Columns that share a scale; 0 = all.
  std::int64_t group_size = 0;
  /// One scale for the whole matrix.
  bool per_tensor = false;
};

/// Scales and zero points for the rows of a matrix; codes are left undefined
/// and the target is the matrix itself.
///
/// @param weights  [R, K] float32
[[nodiscard]] OMPQ_API RoundedRows
search_scales(const at::Tensor& weights, const RowScaleOptions& options);

/// The same for several grids in place of the options' own, which costs less
/// than one after the other.
[[nodiscard]] OMPQ_API std::vector<RoundedRows> search_scales(
    const at::Tensor& weights,
    std::span<const IntegerGrid> grids,
    const RowScaleOptions& options);

/// Each weight to the nearest integer, at searched scales.
///
/// @param weights  [R, K] float32
[[nodiscard]] OMPQ_API RoundedRows
round_to_nearest(const at::Tensor& weights, const RowScaleOptions& options);

}  // namespace ompq
