// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// What a layer read and how the network's loss feels its output, for some
/// examples.
struct LayerGradient {
  std::size_t layer = 0;
  /// [n, ...] float32.
  at::Tensor input;
  /// d loss / d output, as the layer's output; the loss is a sum over examples.
  at::Tensor gradient;
};

/// Called for every layer, a few examples at a time, the last layers first.
using GradientVisitor = std::function<void(const LayerGradient&)>;

/// The loss of a part of the examples: a scalar, a sum over them; undefined if
/// nothing depends on the inputs.
///
/// @param part     number of the part, from 0; the same parts in every pass
/// @param outputs  of the network
using LossOfOutputs =
    std::function<at::Tensor(std::size_t part, const Tensors& outputs)>;

/// Visitors, which read every gradient anyway, look for damaged ones by it.
///
/// @param sum  of the gradients of a layer's output, or of their squares
/// @throws Error{InvalidData}  it is NaN or infinite; names the layer
void check_gradient(const Layer& layer, double sum);

/// Runs the float network forwards and backwards over all examples, a few at a
/// time so that what the backward pass needs stays small. The loss is
/// sampled_loss() of each output.
///
/// @throws Error{Unsupported}  no gradient reaches a layer; names it
/// @throws Error{Interrupted}  the observer asked to stop
void visit_gradients(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    std::uint64_t seed,
    const GradientVisitor& visit,
    Observer& observer);

/// The same for any loss.
void visit_gradients(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const LossOfOutputs& loss,
    const GradientVisitor& visit,
    Observer& observer);

}  // namespace ompq
