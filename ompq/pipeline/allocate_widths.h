// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/orthogonality/orthogonality.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// Budgets, widths and size model of a model under the options.
[[nodiscard]] OMPQ_API ProblemOptions
problem_options(const PreparedModel& model, const BudgetOptions& options);

/// The plan for a model whose orthogonality is known: importance, programme,
/// solution. Needs no tensors.
///
/// @param orthogonality  of the model's layers
/// @return everything but the preprocessing and the settings
/// @throws Error{InvalidArgument, Infeasible, Degenerate}  as search()
[[nodiscard]] OMPQ_API Plan allocate_widths(
    const PreparedModel& model,
    const Orthogonality& orthogonality,
    const SearchOptions& options);

/// Throws what allocate_widths() would throw for any orthogonality: wrong pins,
/// budgets that cannot be kept. Takes no time, so that a search does not run
/// for nothing.
OMPQ_API void check_search_options(
    const PreparedModel& model, const SearchOptions& options);

}  // namespace ompq
