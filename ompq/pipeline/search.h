// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// Finds the bit width of every layer: measures what the score needs on the
/// calibration images, turns it into values of widths, and solves the integer
/// programme for the budgets.
///
/// @param dataset  calibration images; every one is used. May be null for a
///                 score that needs none
/// @return the plan with everything that led to it
/// @throws Error{InvalidArgument}  neither a budget nor a single width
/// @throws Error{Infeasible}       no plan keeps the budgets; names the
///                                 smallest feasible one and what binds
/// @throws as measure_layers()
[[nodiscard]] OMPQ_API Plan search(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const SearchOptions& options,
    const InputOptions& input_options = {},
    Observer& observer = silent_observer());

}  // namespace ompq
