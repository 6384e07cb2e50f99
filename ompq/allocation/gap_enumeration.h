// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/allocation/choice_program.h"

namespace ompq::detail {

/// Effort of enumerate_gap().
struct GapEnumerationOptions {
  /// Largest number of solutions looked at; about 10 ns each.
  std::int64_t max_nodes = 60'000'000;
};

/// What enumerate_gap() found.
struct GapEnumeration {
  /// The best solution known; feasible.
  Chosen chosen;
  /// True if no solution is better.
  bool is_optimal = false;
  /// No solution has a larger value; equal to that of `chosen` if optimal.
  double bound = 0.0;
};

/// Exact optimum of a programme with several budgets, by looking at every
/// solution near the Lagrangian bound.
///
/// With multipliers p, bound U and the loss of a choice against the best of its
/// class at p, every feasible solution has
///
///   value = U - sum of losses - p . (unused budgets) <= U - sum of losses,
///
/// so a solution better than U - g deviates from the best choices by losses of
/// at most g in sum. There are few such deviations while g is small: g grows
/// from pass to pass until the pass finds a solution, which is then optimal. A
/// branch ends when the losses that it needs to return into an exceeded budget
/// do not fit into g.
///
/// @param program  no ties, no empty class
/// @param prices   multipliers of the budgets from the relaxation, >= 0
/// @param start    a feasible solution
[[nodiscard]] GapEnumeration enumerate_gap(
    const ChoiceProgram& program,
    const std::vector<double>& prices,
    const Chosen& start,
    const GapEnumerationOptions& options = {});

}  // namespace ompq::detail
