// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// How traces are estimated.
struct HessianOptions {
  /// Random directions; the error falls with the root of their number.
  int directions = 4;
  /// Samples that are used at most, the first ones.
  std::int64_t samples = 32;
  /// Length of a step against the root mean square of a layer's weights.
  double step = 0.01;
  std::uint64_t seed = 0;
};

/// How many steps hessian_traces() tells its observer of.
///
/// @param samples  examples in all micro-batches
[[nodiscard]] std::int64_t trace_steps(
    const HessianOptions& options, std::int64_t samples);

/// Trace of the Hessian of the network's loss by the weights of each layer;
/// index = LayerId. Hutchinson's estimate
///
///   tr(H_i) ~ mean over directions v of v_i' (g_i(W + s v) - g_i(W - s v))
///                                       / (2 s_i),   v_k = -1 or 1
///
/// g the gradient by the weights; a direction moves all layers at once, whose
/// parts of it are independent, so that what the other layers add is 0 on
/// average. The loss is the mean over samples of the divergence from the
/// network's own output: for scores of classes -sum_c p_c log q_c with p the
/// output at W, for other real numbers 1/2 |y - y'|^2. Its gradient at W is 0,
/// and its Hessian the Fisher matrix; no labels are needed.
///
/// @return non-negative up to the noise of the estimate
/// @throws Error{Unsupported}  no gradient reaches a layer; names it
/// @throws Error{InvalidData}  a gradient is NaN or infinite; names the layer
/// @throws Error{Interrupted}  the observer asked to stop
/// @source Dong et al., HAWQ-V2, 2020, with the loss against labels replaced;
///         finite differences instead of a second backward pass.
[[nodiscard]] OMPQ_API std::vector<double> hessian_traces(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const HessianOptions& options = {},
    Observer& observer = silent_observer());

}  // namespace ompq
