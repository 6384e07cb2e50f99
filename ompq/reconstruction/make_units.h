// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/units.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/layer_table.h"
#include "ompq/reconstruction/calibrate_activations.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// A unit ready to be quantized: weights rounded to the nearest integer,
/// activations as calibrated. Scales that several units share are not learned.
///
/// @throws Error{Unsupported}  a weight that cannot be seen as rows
[[nodiscard]] OMPQ_API UnitProblem make_unit(
    const Graph& graph,
    const LayerTable& layers,
    const BitPlan& plan,
    const std::vector<Unit>& units,
    std::size_t index,
    const std::vector<CalibratedActivation>& activations,
    const ReconstructionOptions& options);

}  // namespace ompq
