// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/units.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// Weights of channels by name of the value: [C] float32 with mean 1.
using FisherWeights = std::unordered_map<std::string, at::Tensor>;

/// How much the network's loss feels an error in each channel of some values:
/// the diagonal of the Fisher information at the float network, averaged over
/// examples and positions and divided by its mean over channels.
///
///   w_c = mean g_c^2 / mean_c mean g_c^2,   g = d loss / d value
///
/// The loss is sampled_loss() of each output.
///
/// @param values        computed values with a channel dimension (the second)
/// @param calibration   micro-batches; the first `examples` examples are used
/// @return ones for a value the loss does not feel
/// @source BRECQ, arXiv 2102.05426, section 3.3, weights each element by the
///         gradient of the true label; no labels are needed here
[[nodiscard]] OMPQ_API FisherWeights fisher_weights(
    const Graph& graph,
    const std::vector<ValueId>& values,
    const std::vector<Tensors>& calibration,
    std::int64_t examples,
    std::uint64_t seed,
    Observer& observer);

/// fisher_weights() of all outputs of all units, from 64 examples; a stage of
/// the observer.
[[nodiscard]] FisherWeights unit_fisher_weights(
    const Graph& graph,
    const std::vector<Unit>& units,
    const std::vector<Tensors>& calibration,
    std::uint64_t seed,
    Observer& observer);

/// The weights of a unit's outputs, in their order; nothing if there are none.
[[nodiscard]] Tensors weights_of_outputs(
    const UnitProblem& unit, const FisherWeights& weights);

}  // namespace ompq
