// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>

#include "ompq/allocation/choice_program.h"

namespace ompq::detail {

/// Effort of solve_knapsack_core().
struct KnapsackCoreOptions {
  /// Largest number of states kept, 24 bytes each.
  std::size_t max_states = 4'000'000;
};

/// Exact optimum of a programme with one budget and no ties, by dynamic
/// programming over a growing core: classes enter in the order of the loss that
/// their second choice has at the multiplier; a state that the Lagrangian bound
/// cannot bring above the best solution is dropped, as is one that another
/// state beats in value and cost.
///
/// Values are rounded to 2^-50 of the range that is left after the bounds have
/// fixed most choices; among solutions equal at that precision the cheapest is
/// taken. Deterministic.
///
/// @param program  one budget, no ties, no empty class
/// @param price    multiplier of the budget from the relaxation, >= 0
/// @param start    a feasible solution; the better, the less work
/// @return nothing if it would need more states than allowed
/// @source Pisinger 1995, "A minimal algorithm for the multiple-choice knapsack
///         problem"
[[nodiscard]] std::optional<Chosen> solve_knapsack_core(
    const ChoiceProgram& program,
    double price,
    const Chosen& start,
    const KnapsackCoreOptions& options = {});

}  // namespace ompq::detail
