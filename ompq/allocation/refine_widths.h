// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

/// What a whole plan costs on each of some samples, all layers together; lower
/// is better. Of one length for all plans, at least 1. A loss that is not
/// finite is worse than any other. What both plans share may be computed once:
/// many are asked for near one, mostly in the order of the layer that differs.
using JointLoss = std::function<std::vector<double>(
    const BitPlan& plan, const BitPlan& near)>;

/// How long a refinement lasts.
struct RefinementOptions {
  /// Seconds of wall time, > 0; the evaluation that is running then is the
  /// last.
  double time_limit_s = 10.0;
};

/// The best plan found, and what it cost: means over the samples.
struct Refinement {
  BitPlan plan;
  double loss = 0.0;
  /// Loss of the first start.
  double start_loss = 0.0;
  /// Plans that were evaluated.
  int evaluations = 0;
  /// True if no single step and none of the combinations tried was surely
  /// better; false if time ran out.
  bool is_local_optimum = false;
};

/// Local search on a measured loss, within the budgets.
///
/// Begins with the first of the starts, or one that is surely better. Measures
/// what one width more or less of each layer changes, and solves the integer
/// programme for the combination of such steps that gains most within the
/// budgets if changes were to add up; takes it if it is surely better, else
/// fewer steps of it. Ends where nothing is. Activation widths stay; tied
/// layers step together.
///
/// Every change counts as PairedChange::feared(), and surely better is what has
/// a negative one: of many plans that are tried on few samples, the one that
/// looks best is so by chance otherwise.
///
/// @param starts    plans within the budgets, at least one
/// @param observer  is told of the milliseconds since the search began
/// @return its loss is never above that of the first start
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
