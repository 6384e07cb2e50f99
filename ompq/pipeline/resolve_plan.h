// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// Finds other widths from the orthogonality that a plan holds, without images
/// and without tensors: another budget, other widths, another objective.
///
/// @param measured  a plan of the same model, with its ORM matrix
/// @param options   everything but the measurement: `orm`, `features` and
///                  `bootstrap` are those of `measured`
/// @throws Error{InvalidPlan}  another model, or no ORM matrix
/// @throws as allocate_widths()
[[nodiscard]] OMPQ_API Plan resolve_plan(
    const PreparedModel& model,
    const Plan& measured,
    const SearchOptions& options);

}  // namespace ompq
