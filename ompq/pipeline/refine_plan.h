// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/pipeline/width_allocator.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// Searches on from a plan by what its widths do together: refine_widths() with
/// the PlanDivergence of a RoundedNetwork for a loss, for options.refine_s
/// seconds. A stage of the observer.
///
/// @param micro_batches  as Network::run takes them; kept
/// @param plan           of the allocator, for the budgets of the options
/// @return a plan whose settings hold `refinement`: `divergence_before` and
///         `divergence` in nats, `evaluations`, `is_local_optimum`
/// @throws as RoundedNetwork and refine_widths()
[[nodiscard]] OMPQ_API Plan refine_plan(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const WidthAllocator& allocator,
    const Plan& plan,
    const SearchOptions& options,
    Observer& observer = silent_observer());

}  // namespace ompq
