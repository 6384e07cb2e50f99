// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"

namespace ompq {

/// What a unit's output costs, and the gradient by the output.
struct OutputLoss {
  double value = 0.0;
  at::Tensor gradient;
};

/// Weighted mean squared error over N elements and its gradient in one pass
/// over memory:
///
///   value = f / N sum w_c (output - target)^2
///   gradient = 2 f / N w_c (output - target)
///
/// The order of the sum does not depend on the number of threads.
///
/// @param output           [n, C, ...] or [n], float32
/// @param target           of the same shape
/// @param channel_weights  [C] float32; undefined, or an output without
/// channels:
///                         all 1
/// @return the gradient of the output's shape and memory order
[[nodiscard]] OMPQ_API OutputLoss output_loss(
    const at::Tensor& output,
    const at::Tensor& target,
    const at::Tensor& channel_weights,
    double factor);

/// The sum of output_loss() over a unit's outputs; leaves of autograd behind
/// them take up its gradient.
///
/// @param outputs          those that depend on no leaf only add to the sum
/// @param targets          by position, as the outputs
/// @param channel_weights  by position; empty: all alike
[[nodiscard]] OMPQ_API double backpropagate(
    const Tensors& outputs,
    const Tensors& targets,
    const Tensors& channel_weights,
    double factor);

}  // namespace ompq
