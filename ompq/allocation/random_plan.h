// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

/// Widths drawn at random that use up the budgets: every layer gets a random
/// one of its options; then random layers step down until the budgets are kept,
/// and random layers step up until no step fits any more.
///
/// Deterministic for a seed. Ties between layers are not looked at.
///
/// @param problem  feasible with the smallest options
/// @throws Error{Infeasible}  it is not
[[nodiscard]] OMPQ_API BitPlan
random_plan(const AllocationProblem& problem, std::uint64_t seed);

}  // namespace ompq
