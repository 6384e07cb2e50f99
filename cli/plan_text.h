// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/core/json_file.h"
#include "ompq/pipeline/plan_range.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// A plan for people: a row for each layer, the totals, what is used of the
/// budgets and how good the plan is; at most `width` columns wide.
[[nodiscard]] std::string to_text(const Plan& plan, std::int64_t width);

/// The smallest and the largest plan side by side.
[[nodiscard]] std::string to_text(const PlanRange& range, std::int64_t width);
[[nodiscard]] Json to_json(const PlanRange& range);

}  // namespace ompq
