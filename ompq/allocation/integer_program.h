// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/allocation/choice_program.h"
#include "ompq/allocation/solve_status.h"
#include "ompq/core/export.h"

namespace ompq {

/// Method that solves the integer programme.
enum class IntegerMethod {
  /// Dynamic programming over a core (one budget) or enumeration of the gap
  /// (several); branch and cut where these would take too long.
  Automatic,
  /// Branch and cut (Cbc) on the whole programme; the reference in tests.
  BranchAndCut,
};

/// How solve_choice_program() works.
struct IntegerOptions {
  IntegerMethod method = IntegerMethod::Automatic;
  /// Seconds of wall time, > 0; then the best solution so far is returned.
  double time_limit_s = 60.0;
};

/// Solution of the integer programme.
struct IntegerSolution {
  SolveStatus status = SolveStatus::Infeasible;
  /// One choice per class; empty if infeasible.
  Chosen chosen;
  double objective = 0.0;
  /// No solution has a larger objective.
  double bound = 0.0;
  /// (bound - objective) / |objective|; 0 = proved.
  double gap = 0.0;
  /// Gain of the linear relaxation per unit of each budget.
  std::vector<double> shadow_prices;
  /// "core", "enumeration" or "branch-and-cut".
  std::string method;
};

/// Exact optimum of a multiple-choice programme.
///
/// Tied classes are merged, choices that are too costly or dominated removed;
/// the multipliers of the linear relaxation bound what each other choice loses,
/// and dynamic programming (one budget) or enumeration (several) looks at the
/// few combinations that could still win. Optimal within 1e-9 of the objective,
/// and no budget is ever exceeded.
///
/// Deterministic. Among solutions of the same value the one with the smaller
/// first cost is preferred (one budget), and between classes with the same
/// choices the earlier one gets the costlier choice.
///
/// @throws Error{InvalidArgument}  a class is empty, a value is not finite, a
///                                 cost is negative or its length is not K
/// @throws Error{Infeasible}       the time limit came before any solution
[[nodiscard]] OMPQ_API IntegerSolution solve_choice_program(
    const ChoiceProgram& program, const IntegerOptions& options = {});

}  // namespace ompq
