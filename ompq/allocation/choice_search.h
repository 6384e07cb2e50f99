// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "ompq/allocation/choice_program.h"

namespace ompq::detail {

/// A feasible solution near the best choices at the multipliers: budgets that
/// are exceeded are repaired by the swaps that lose least. Ties are ignored.
///
/// @return nothing if the repair gets stuck
[[nodiscard]] std::optional<Chosen> feasible_near(
    const ChoiceProgram& program, const std::vector<double>& prices);

/// Raises the value by swaps of one class, the best gain per cost first, until
/// none fits the budgets. Programmes with ties come back as they are.
///
/// @param chosen  feasible
[[nodiscard]] Chosen improve_by_swaps(
    const ChoiceProgram& program, Chosen chosen);

/// Among classes with the same choices, lets the earlier ones have the costlier
/// choice. Value and costs stay as they are.
[[nodiscard]] Chosen earlier_first(const ChoiceProgram& program, Chosen chosen);

}  // namespace ompq::detail
