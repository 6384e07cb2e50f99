// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/reconstruction/weight_rows.h"

namespace ompq {

/// What a layer multiplies its weight rows with, at some of its output
/// positions: the im2col matrix of its input.
///
///   output[r] at position p = sum_k rows[r, k] patches[g, p, k] + bias[r]
///
/// with g the group of row r. Padding is zeros, as in the layer.
///
/// @param input      data input of the layer, float32, with a batch dimension
/// @param positions  largest number of positions wanted; they are spread evenly
///                   over samples and space, the same for inputs of one shape
/// @return [groups, positions, columns] float32, contiguous; nothing for
///         layers whose output is no such sum (ConvTranspose, convolutions of
///         other than two dimensions, Gemm with transposed input)
[[nodiscard]] OMPQ_API std::optional<at::Tensor> layer_patches(
    const Node& node,
    const WeightRows& layout,
    const at::Tensor& input,
    std::int64_t positions);

/// True if layer_patches() gives something for the layer.
[[nodiscard]] OMPQ_API bool has_patches(
    const Node& node, const WeightRows& layout);

}  // namespace ompq
