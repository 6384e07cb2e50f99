// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// How the weight of a layer is seen as a matrix: row r holds what output
/// channel r multiplies its inputs with.
struct WeightRows {
  /// As the graph holds it.
  Shape shape;
  /// Dimension of `shape` that is the output channel. A ConvTranspose in groups
  /// has its output channels counted within a group.
  std::int64_t axis = 0;
  /// Dimension of `shape` that is the input channel.
  std::int64_t input_axis = 1;
  /// Rows, and columns: inputs of one output, kernel position outermost, input
  /// channel innermost ([KH, KW, I/G] for a convolution).
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  /// Groups of rows that read different inputs.
  std::int64_t groups = 1;
};

/// @throws Error{Unsupported}  a weight with fewer than two dimensions
[[nodiscard]] OMPQ_API WeightRows
weight_rows(const Graph& graph, const Layer& layer);

/// The weight as [rows, columns], contiguous.
[[nodiscard]] OMPQ_API at::Tensor to_rows(
    const at::Tensor& weight, const WeightRows& layout);

/// The inverse of to_rows(): a tensor of the weight's shape. The weight of a
/// convolution comes in channels_last order, as the kernels want it.
[[nodiscard]] OMPQ_API at::Tensor from_rows(
    const at::Tensor& rows, const WeightRows& layout);

}  // namespace ompq
