// SPDX-License-Identifier: MIT
#include "ompq/pipeline/sweep.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/plan_range.h"
#include "ompq/pipeline/resolve_plan.h"
#include "ompq/pipeline/width_allocator.h"

namespace ompq {
namespace {

constexpr std::int64_t kDefaultPoints = 25;

std::vector<Budget> spaced(
    BudgetKind kind, double low, double high, std::int64_t points) {
  std::vector<Budget> budgets;
  for (std::int64_t i = 0; i < points; ++i) {
    const double part =
        static_cast<double>(i) / static_cast<double>(points - 1);
    budgets.push_back(
        {kind, i + 1 == points ? high : low + part * (high - low)});
  }
  return budgets;
}

std::vector<Budget> spaced(BudgetKind kind, const LimitRange<Bytes>& range) {
  return spaced(
      kind,
      static_cast<double>(range.low.count),
      static_cast<double>(range.high.count),
      range.points);
}

double used_of(const Plan& plan, BudgetKind kind) {
  return used_of(kind, plan_totals(plan)).value();
}

std::size_t knee_of(const Front& front) {
  const auto x = [&](const Plan& plan) { return used_of(plan, front.kind); };
  const auto y = [](const Plan& plan) { return plan.solver->objective; };
  const Plan& first = front.plans.front();
  const Plan& last = front.plans.back();
  const double width = x(last) - x(first);
  const double height = y(last) - y(first);
  std::size_t knee = 0;
  double farthest = 0.0;
  for (std::size_t i = 0; width > 0.0 && height > 0.0 && i < front.plans.size();
       ++i) {
    const Plan& plan = front.plans[i];
    const double above =
        (y(plan) - y(first)) / height - (x(plan) - x(first)) / width;
    if (above > farthest) {
      farthest = above;
      knee = i;
    }
  }
  return knee;
}

std::size_t largest_within(const Front& front, Bytes size) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < front.plans.size(); ++i) {
    if (plan_totals(front.plans[i]).file_bytes <= size.count) {
      found = i;
    }
  }
  OMPQ_CHECK(
      found.has_value(),
      ErrorCode::Infeasible,
      "[sweep] no point of the front has a file of at most {} bytes; the "
      "smallest has {}",
      size.count,
      plan_totals(front.plans.front()).file_bytes);
  return *found;
}

std::size_t smallest_within(const Front& front, double loss) {
  OMPQ_CHECK(
      front.has_loss,
      ErrorCode::InvalidArgument,
      "[sweep] --pick loss needs a score that predicts one (sqnr, fisher, "
      "taylor, hawq, kl, ompq-error)");
  const auto found = std::ranges::find_if(front.plans, [&](const Plan& plan) {
    return predicted_loss(plan) <= loss;
  });
  OMPQ_CHECK(
      found != front.plans.end(),
      ErrorCode::Infeasible,
      "[sweep] no point of the front has a predicted loss of at most {:.3g}; "
      "the best has {:.3g}",
      loss,
      predicted_loss(front.plans.back()));
  return static_cast<std::size_t>(found - front.plans.begin());
}

}  // namespace

Plan detail::better_of(const Plan& before, Plan plan) {
  if (plan.solver->objective >= before.solver->objective) {
    return plan;
  }
  Plan result = before;
  PlanSolver& solver = *result.solver;
  solver.bound = plan.solver->bound;
  solver.gap = (solver.bound - solver.objective) /
               std::max(std::abs(solver.objective), 1e-300);
  solver.status = "feasible";
  for (std::size_t k = 0; k < plan.budgets.size(); ++k) {
    result.budgets[k].budget = plan.budgets[k].budget;
  }
  return result;
}

double predicted_loss(const Plan& plan) {
  // No negative zero.
  return plan.solver->objective == 0.0 ? 0.0 : -plan.solver->objective;
}

std::vector<Budget> swept_budgets(
    const PreparedModel& model,
    const SearchOptions& search,
    const SweepOptions& sweep) {
  const int given = static_cast<int>(sweep.sizes.has_value()) +
                    static_cast<int>(sweep.payloads.has_value()) +
                    static_cast<int>(sweep.averages.has_value());
  OMPQ_CHECK(
      given <= 1,
      ErrorCode::InvalidArgument,
      "[sweep] --sizes, --payloads and --averages exclude each other");
  const auto check_free = [&](bool is_given, const char* option) {
    OMPQ_CHECK(
        !is_given,
        ErrorCode::InvalidArgument,
        "[sweep] {} limits what the sweep varies; leave it out",
        option);
  };
  if (sweep.sizes) {
    check_free(search.budget.size.has_value(), "--size");
    return spaced(BudgetKind::FileSize, *sweep.sizes);
  }
  if (sweep.payloads) {
    check_free(search.budget.payload.has_value(), "--payload");
    const bool is_paper = search.budget.payload_rule == PayloadRule::Paper;
    return spaced(
        is_paper ? BudgetKind::PaperSize : BudgetKind::Payload,
        *sweep.payloads);
  }
  check_free(search.budget.average_bits.has_value(), "--avg-bits");
  if (sweep.averages) {
    return spaced(
        BudgetKind::AverageBits,
        sweep.averages->low,
        sweep.averages->high,
        sweep.averages->points);
  }
  const PlanRange range = plan_range(model, search);
  return spaced(
      BudgetKind::AverageBits,
      range.smallest.average_bits,
      range.largest.average_bits,
      kDefaultPoints);
}

SearchOptions limited_to(SearchOptions options, const Budget& budget) {
  const Bytes bytes{static_cast<std::int64_t>(budget.limit)};
  if (budget.kind == BudgetKind::FileSize) {
    options.budget.size = bytes;
  } else if (budget.kind == BudgetKind::AverageBits) {
    options.budget.average_bits = budget.limit;
  } else {
    options.budget.payload = bytes;
  }
  return options;
}

void check_sweep_options(
    const PreparedModel& model,
    const SearchOptions& search,
    const SweepOptions& sweep) {
  check_search_options(
      model, limited_to(search, swept_budgets(model, search, sweep).front()));
}

Front sweep(
    const PreparedModel& model,
    const Plan& measured,
    const SearchOptions& search,
    const SweepOptions& options) {
  const std::vector<Budget> budgets = swept_budgets(model, search, options);
  check_plan_fits(measured, model.layers.layers, model.model_hash);
  const SearchOptions scored = with_score_of(measured, search);
  const WidthAllocator allocator(model, measurement_of(measured), scored);
  const Json settings = reused_settings(measured, scored);
  Front front{
      .kind = budgets.front().kind,
      .has_loss = error_of(scored.score).has_value()};
  for (const Budget& budget : budgets) {
    Plan plan = allocator.allocate({budget});
    plan.preprocessing = measured.preprocessing;
    plan.settings = settings;
    front.plans.push_back(
        front.plans.empty()
            ? std::move(plan)
            : detail::better_of(front.plans.back(), std::move(plan)));
  }
  return front;
}

std::size_t pick_point(const Front& front, const PointChoice& choice) {
  if (const auto* size = std::get_if<PointChoice::AtMost>(&choice.rule)) {
    return largest_within(front, size->size);
  }
  if (const auto* loss = std::get_if<PointChoice::Loss>(&choice.rule)) {
    return smallest_within(front, loss->loss);
  }
  return knee_of(front);
}

}  // namespace ompq
