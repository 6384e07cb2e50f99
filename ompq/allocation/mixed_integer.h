// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "ompq/allocation/choice_program.h"
#include "ompq/allocation/solve_status.h"

namespace ompq::detail {

/// What branch and cut found.
struct BranchAndCutResult {
  SolveStatus status = SolveStatus::Infeasible;
  /// Empty if no solution was found.
  Chosen chosen;
  /// Upper bound on the value of any solution.
  double bound = 0.0;
  /// False if the time limit came before a solution or a proof.
  bool is_decided = true;
};

/// Solves a programme of any form by branch and cut (Cbc). Every budget is
/// checked in integers: a solution that keeps it only within the solver's
/// tolerance is cut off and the search goes on. Prints nothing.
///
/// @param program       no empty class
/// @param start         a feasible solution, if one is known
/// @param time_limit_s  seconds of wall time, > 0
[[nodiscard]] BranchAndCutResult solve_by_branch_and_cut(
    const ChoiceProgram& program,
    const std::optional<Chosen>& start,
    double time_limit_s);

}  // namespace ompq::detail
