// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ompq/allocation/integer_program.h"
#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// Widths for every layer and how they were found.
struct Allocation {
  BitPlan plan;
  PlanSolver solver;
  /// Gain of the objective per unit of each of the ProblemOptions' budgets
  /// (byte, bit per weight, bit operation, second).
  std::vector<double> shadow_prices;
};

/// Optimum of the paper's linear programme.
struct ContinuousAllocation {
  /// Widths that may be fractions; index = LayerId.
  std::vector<double> bits;
  double objective = 0.0;
  /// Gain per unit of each budget.
  std::vector<double> shadow_prices;
};

/// Chooses the widths of largest total value within the budgets; exact.
///
/// PlanSolver::degenerate_coefficients is set when no layer's value depends on
/// its widths (all coefficients 0 or underflown): every plan within the budgets
/// is then as good, and the smallest one is returned.
///
/// @throws Error{Infeasible}  no plan keeps the budgets; see check_feasible()
[[nodiscard]] OMPQ_API Allocation
allocate(const AllocationProblem& problem, const IntegerOptions& options = {});

/// The paper's linear programme, with continuous widths:
///
///   maximise sum_i c_i b_i  subject to  sum_i size_i(b_i) <= T,
///   b_i between the smallest and the largest width of the layer
///
/// size_i is the straight line through the costs at these two widths; for
/// payloads and bit operations that is exact. Activation widths, if there are
/// several, stay at the smallest.
///
/// @param coefficients  one per layer
/// @throws Error{Infeasible}  no plan keeps the budgets
/// @source the paper, section on the linear programme
[[nodiscard]] OMPQ_API ContinuousAllocation allocate_continuous(
    const AllocationProblem& problem, std::span<const double> coefficients);

}  // namespace ompq
