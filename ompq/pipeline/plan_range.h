// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

/// The plans between which a search can choose.
struct PlanRange {
  /// Every layer at the smallest width it may have.
  PlanTotals smallest;
  /// Every layer at the largest.
  PlanTotals largest;
};

/// What the widths and pins of the options allow. Needs no data.
///
/// @throws Error{Infeasible}       a budget is below the smallest plan; names
///                                 what binds
/// @throws Error{InvalidArgument}  a pin names no layer
/// @throws Error{Unsupported}      the model has no quantizable layer
[[nodiscard]] OMPQ_API PlanRange
plan_range(const PreparedModel& model, const SearchOptions& options);

}  // namespace ompq
