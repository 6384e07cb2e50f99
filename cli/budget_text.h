// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/plan/plan.h"

namespace ompq {

/// A budget of a plan in one line: what is used of it, and what more of it
/// would bring.
[[nodiscard]] std::string budget_line(
    const PlanBudget& budget, const Plan& plan);

}  // namespace ompq
