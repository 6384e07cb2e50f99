// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

/// What a whole plan costs, all layers together; lower is better. A loss that
/// is not finite is worse than any other.
using JointLoss = std::function<double(const BitPlan& plan)>;

/// How long a refinement lasts.
struct RefinementOptions {
  /// Seconds of wall time, > 0; the evaluation that is running then is the
  /// last.
  double time_limit_s = 10.0;
};

/// The best plan found, and what it cost.
struct Refinement {
  BitPlan plan;
  double loss = 0.0;
  /// Loss of the first start.
  double start_loss = 0.0;
  /// Plans that were evaluated.
  int evaluations = 0;
  /// True if no single step and none of the combinations tried was better;
  /// false if time ran out.
  bool is_local_optimum = false;
};

/// Local search on a measured loss, within the budgets.
///
/// Begins with the best of the starts. Measures what one width more or less of
/// each layer changes, and solves the integer programme for the combination of
/// such steps that gains most within the budgets if changes were to add up;
/// takes it if its measured loss is lower, else fewer steps of it. Ends where
/// nothing is better. Activation widths stay; tied layers step together.
///
/// @param starts    plans within the budgets, at least one
/// @param observer  is told of the milliseconds since the search began
/// @return never worse than the best start
/// @throws Error{InvalidArgument}  no start, or one that has a width that the
///                                 problem lacks
/// @throws Error{Interrupted}      the observer asked to stop
[[nodiscard]] OMPQ_API Refinement refine_widths(
    const AllocationProblem& problem,
    const std::vector<BitPlan>& starts,
    const JointLoss& loss,
    const RefinementOptions& options = {},
    Observer& observer = silent_observer());

}  // namespace ompq
