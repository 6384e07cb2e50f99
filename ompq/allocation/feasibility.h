// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"

namespace ompq {

/// Smallest limit of one budget that some plan keeps, in the budget's unit,
/// the other budgets left aside. Rounded up so that the number, given as a
/// budget, is feasible.
[[nodiscard]] OMPQ_API double smallest_feasible(
    const AllocationProblem& problem, std::size_t budget);

/// Checks that each budget alone can be kept.
///
/// @throws Error{Infeasible}  names the budget, its limit, the smallest
///                            feasible one, and the layers that bind: fixed
///                            ones first, by their share of the minimum
/// @throws Error{Infeasible}  tied layers have no width in common
OMPQ_API void check_feasible(const AllocationProblem& problem);

/// Throws the error for budgets that can be kept one by one but not together:
/// names the smallest set of them that contradicts itself.
///
/// @throws Error{Infeasible}  always
[[noreturn]] OMPQ_API void fail_contradiction(const AllocationProblem& problem);

}  // namespace ompq
