// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/pipeline/sweep_options.h"
#include "ompq/plan/budget.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// The best plan of each budget, by ascending budget.
struct Front {
  /// What grows from point to point.
  BudgetKind kind = BudgetKind::AverageBits;
  /// True if the objective is the negative of a predicted loss: the measured
  /// errors of the layers, summed.
  bool has_loss = false;
  /// Objectives do not decrease. Plans that repeat are there for every budget
  /// that they are best for.
  std::vector<Plan> plans;
};

/// The objective of a point with its sign turned: the predicted loss.
[[nodiscard]] OMPQ_API double predicted_loss(const Plan& plan);

/// The budgets of a sweep, ascending.
///
/// @throws Error{InvalidArgument}  more than one range, or a budget of the kind
///                                 that the sweep varies
[[nodiscard]] OMPQ_API std::vector<Budget> swept_budgets(
    const PreparedModel& model,
    const SearchOptions& search,
    const SweepOptions& sweep);

/// The options with a budget more, in place of one of its kind.
[[nodiscard]] OMPQ_API SearchOptions
limited_to(SearchOptions options, const Budget& budget);

/// Throws what sweep() would throw for any measurement, so that nothing is
/// measured for nothing.
OMPQ_API void check_sweep_options(
    const PreparedModel& model,
    const SearchOptions& search,
    const SweepOptions& sweep);

/// Solves for every budget of a sweep from what a plan holds, without images
/// and without tensors. Budgets of `search` are kept at every point.
///
/// @param measured  as resolve_plan(); the settings of all plans are its own
/// @throws Error{Infeasible}  the smallest budget cannot be kept
/// @throws as resolve_plan()
[[nodiscard]] OMPQ_API Front sweep(
    const PreparedModel& model,
    const Plan& measured,
    const SearchOptions& search,
    const SweepOptions& options);

namespace detail {

/// A larger budget is worth no less: the plan, or, if the solver found nothing
/// better in its time, the one of a smaller budget, which keeps this one, too;
/// its bound and its limits are then those of the larger budget.
[[nodiscard]] OMPQ_API Plan better_of(const Plan& before, Plan plan);

}  // namespace detail

/// Index of the chosen point.
///
/// The knee is the point farthest above the straight line from the first to the
/// last point, with used budget and objective both scaled to [0, 1]; the first
/// one if all lie on it.
///
/// @throws Error{Infeasible}       no point is that small, or that good
/// @throws Error{InvalidArgument}  a loss is asked for, but the score predicts
///                                 none
[[nodiscard]] OMPQ_API std::size_t pick_point(
    const Front& front, const PointChoice& choice);

}  // namespace ompq
