// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/allocation/allocate.h"
#include "ompq/core/export.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// A control that knows the sizes of layers only: with p_i the weights of layer
/// i and b_max, b_min the largest and the smallest width,
///
///   b_i = the width nearest to clip(b_max - lambda p_i, b_min, b_max)
///
/// with the smallest lambda >= 0 that keeps the budgets. Of two widths as near
/// the smaller one; pinned layers and the ends keep theirs. The objective is
/// the average width of the weights.
///
/// @throws Error{Infeasible}  not even the smallest widths keep the budgets
[[nodiscard]] OMPQ_API Allocation
allocate_projected(const LayerTable& layers, const ProblemOptions& options);

}  // namespace ompq
