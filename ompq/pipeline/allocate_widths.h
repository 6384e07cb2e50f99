// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/layer_measurement.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// The budgets that the options give.
[[nodiscard]] OMPQ_API std::vector<Budget> budgets_of(
    const BudgetOptions& options);

/// Budgets, widths and size model of a model under the options.
[[nodiscard]] OMPQ_API ProblemOptions
problem_options(const PreparedModel& model, const BudgetOptions& options);

/// The plan for a model whose layers were measured: importance, objective,
/// solution. Needs no tensors.
///
/// @param measured  what the score of the options needs, of the model's layers
/// @return everything but the preprocessing and the settings
/// @throws Error{InvalidPlan}  what the score needs was not measured
/// @throws Error{InvalidArgument, Infeasible, Degenerate}  as search()
[[nodiscard]] OMPQ_API Plan allocate_widths(
    const PreparedModel& model,
    const LayerMeasurement& measured,
    const SearchOptions& options);

/// Throws what allocate_widths() would throw for any measurement: wrong pins,
/// budgets that cannot be kept. Takes no time, so that a search does not run
/// for nothing.
OMPQ_API void check_search_options(
    const PreparedModel& model, const SearchOptions& options);

}  // namespace ompq
