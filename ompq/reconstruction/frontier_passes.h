// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/reconstruction/calibrate_activations.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// The frontier before the first unit: the graph's inputs for all examples;
/// where they are quantized, their quantized form as well.
///
/// @param calibration  micro-batches that check_examples() accepts
/// @param group        examples that the network takes in one run at least;
///                     what is left of a micro-batch is not used
[[nodiscard]] Frontier fill_frontier(
    const Graph& graph,
    std::vector<Tensors> calibration,
    const std::vector<CalibratedActivation>& activations,
    std::int64_t group,
    const ReconstructionOptions& options);

/// Runs the float unit over all examples, or the quantized one as it is now:
/// from the unit's inputs in the frontier to its outputs there.
///
/// @param step  groups per run
void run_float(const UnitProblem& unit, Frontier& frontier, std::int64_t step);
void run_quantized(
    const UnitProblem& unit, Frontier& frontier, std::int64_t step);

}  // namespace ompq
