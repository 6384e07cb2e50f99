// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/allocation/problem.h"

namespace ompq::detail {

/// All rows of all budgets, and their costs.
struct BudgetRows {
  std::vector<CostBudget> budgets;
  std::vector<CostRow> rows;
};

/// @throws Error{InvalidArgument}  as make_problem()
[[nodiscard]] BudgetRows budget_rows(
    const LayerTable& layers, const ProblemOptions& options);

/// Leaves rows out that no plan exceeds; of each budget one stays.
void drop_loose_rows(AllocationProblem& problem);

}  // namespace ompq::detail
