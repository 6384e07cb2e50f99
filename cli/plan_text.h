// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/plan/plan.h"

namespace ompq {

/// A plan for people: a row for each layer, the totals, what is used of the
/// budgets and how good the plan is; at most `width` columns wide.
[[nodiscard]] std::string to_text(const Plan& plan, std::int64_t width);

}  // namespace ompq
