// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/allocation/allocate.h"
#include "ompq/core/export.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// The widest single width with which all layers keep the budgets; pinned
/// layers and the ends keep theirs. The objective is that width.
///
/// @throws Error{Infeasible}  not even the smallest keeps them
[[nodiscard]] OMPQ_API Allocation
allocate_uniform(const LayerTable& layers, const ProblemOptions& options);

}  // namespace ompq
