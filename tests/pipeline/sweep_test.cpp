// SPDX-License-Identifier: MIT
#include "ompq/pipeline/sweep.h"

#include <gtest/gtest.h>

#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/resolve_plan.h"

#include "tests/support/expect_error.h"

#include "small_model.h"

namespace ompq {
namespace {

const std::vector<int> kWidths{2, 3, 4, 6, 8};

SearchOptions unlimited(Score score = Score::Fisher) {
  SearchOptions options = options_for(score, kWidths);
  options.budget.average_bits.reset();
  return options;
}

Plan measured_plan() {
  Plan plan = allocate_widths(
      small_model(),
      measured_errors(ErrorKind::Fisher, kWidths),
      options_for(Score::Fisher, kWidths));
  plan.settings = {{"samples", 7}, {"error", "fisher"}};
  return plan;
}

Front front_of(const SweepOptions& options) {
  return sweep(small_model(), measured_plan(), unlimited(), options);
}

SweepOptions averages(double low, double high, std::int64_t points) {
  SweepOptions options;
  options.averages = {low, high, points};
  return options;
}

TEST(Sweep, GivesThePlanOfASearchAtEveryBudget) {
  const Front front = front_of(averages(2.0, 8.0, 13));

  ASSERT_EQ(front.plans.size(), 13U);
  for (const Plan& plan : front.plans) {
    SearchOptions options = unlimited();
    options.budget.average_bits = plan.budgets.front().budget.limit;
    const Plan alone = resolve_plan(small_model(), measured_plan(), options);
    EXPECT_EQ(plan.layers, alone.layers);
    EXPECT_EQ(plan.solver->objective, alone.solver->objective);
    EXPECT_LE(plan_totals(plan).average_bits, *options.budget.average_bits);
  }
}

TEST(Sweep, KeepsThePlanBeforeWhereTheSolverFoundNothingBetter) {
  const Front front = front_of(averages(3.0, 6.0, 2));
  const Plan& before = front.plans[0];
  Plan unlucky = front.plans[1];
  unlucky.solver->objective = before.solver->objective - 1.0;
  unlucky.solver->bound = before.solver->objective + 0.5;

  const Plan kept = detail::better_of(before, unlucky);

  EXPECT_EQ(kept.layers, before.layers);
  EXPECT_EQ(kept.budgets[0].budget, unlucky.budgets[0].budget);
  EXPECT_EQ(kept.budgets[0].used, before.budgets[0].used);
  EXPECT_EQ(kept.solver->status, "feasible");
  EXPECT_EQ(kept.solver->bound, unlucky.solver->bound);
  EXPECT_GT(kept.solver->gap, 0.0);
  EXPECT_EQ(detail::better_of(before, front.plans[1]), front.plans[1]);
}

TEST(Sweep, IsMonotone) {
  const Front front = front_of(averages(2.0, 8.0, 50));

  for (std::size_t i = 1; i < front.plans.size(); ++i) {
    EXPECT_GE(
        front.plans[i].solver->objective, front.plans[i - 1].solver->objective);
  }
  EXPECT_EQ(front.plans.front().layers[1].bits.weight_bits, 2);
  EXPECT_EQ(front.plans.back().layers[1].bits.weight_bits, 8);
}

TEST(Sweep, GoesFromTheSmallestToTheLargestPlanByItself) {
  const Front front = front_of({});

  EXPECT_EQ(front.kind, BudgetKind::AverageBits);
  EXPECT_DOUBLE_EQ(plan_totals(front.plans.front()).average_bits, 2.0);
  EXPECT_DOUBLE_EQ(plan_totals(front.plans.back()).average_bits, 8.0);
}

TEST(Sweep, KeepsOtherBudgetsAtEveryPoint) {
  SearchOptions options = unlimited();
  options.budget.payload = Bytes{
      plan_totals(front_of(averages(2.0, 4.0, 2)).plans.back()).payload_bytes};

  const Front front =
      sweep(small_model(), measured_plan(), options, averages(2.0, 8.0, 7));

  for (const Plan& plan : front.plans) {
    EXPECT_LE(plan_totals(plan).payload_bytes, options.budget.payload->count);
    EXPECT_EQ(plan.budgets.size(), 2U);
  }
}

TEST(Sweep, PicksByKneeSizeAndLoss) {
  const Front front = front_of(averages(2.0, 8.0, 25));
  const std::size_t knee = pick_point(front, {PointChoice::Knee{}});
  EXPECT_GT(knee, 0U);
  EXPECT_LT(knee, front.plans.size() - 1);

  const std::int64_t size = plan_totals(front.plans[9]).file_bytes;
  const std::size_t by_size =
      pick_point(front, {PointChoice::AtMost{Bytes{size}}});
  EXPECT_GE(by_size, 9U);
  EXPECT_LE(plan_totals(front.plans[by_size]).file_bytes, size);
  if (by_size + 1 < front.plans.size()) {
    EXPECT_GT(plan_totals(front.plans[by_size + 1]).file_bytes, size);
  }

  const double loss = predicted_loss(front.plans[5]);
  const std::size_t by_loss = pick_point(front, {PointChoice::Loss{loss}});
  EXPECT_LE(by_loss, 5U);
  EXPECT_LE(predicted_loss(front.plans[by_loss]), loss);
  if (by_loss > 0) {
    EXPECT_GT(predicted_loss(front.plans[by_loss - 1]), loss);
  }
}

TEST(Sweep, SaysWhichPointThereIsNot) {
  const Front front = front_of(averages(2.0, 8.0, 5));
  expect_error(ErrorCode::Infeasible, "at most 10 bytes", [&] {
    static_cast<void>(pick_point(front, {PointChoice::AtMost{Bytes{10}}}));
  });
  expect_error(ErrorCode::Infeasible, "loss of at most -1", [&] {
    static_cast<void>(pick_point(front, {PointChoice::Loss{-1.0}}));
  });
  const Front size_only = sweep(
      small_model(),
      measured_plan(),
      unlimited(Score::Size),
      averages(2, 8, 5));
  expect_error(ErrorCode::InvalidArgument, "predicts one", [&] {
    static_cast<void>(pick_point(size_only, {PointChoice::Loss{1.0}}));
  });
}

TEST(Sweep, RefusesRangesThatContradict) {
  SweepOptions two = averages(2.0, 8.0, 5);
  two.sizes = {Bytes{1000}, Bytes{2000}, 3};
  expect_error(ErrorCode::InvalidArgument, "exclude each other", [&] {
    static_cast<void>(front_of(two));
  });
  SearchOptions limited = unlimited();
  limited.budget.average_bits = 3.0;
  expect_error(ErrorCode::InvalidArgument, "--avg-bits", [&] {
    static_cast<void>(
        sweep(small_model(), measured_plan(), limited, averages(2, 8, 3)));
  });
  expect_error(ErrorCode::Infeasible, "average_bits", [&] {
    static_cast<void>(front_of(averages(1.0, 8.0, 3)));
  });
}

TEST(Sweep, ReadsRangesAndChoices) {
  using SizeRange = OptionText<LimitRange<Bytes>>;
  EXPECT_EQ(
      SizeRange::parse("1MiB:2MiB:3"),
      (LimitRange<Bytes>{Bytes{1 << 20}, Bytes{2 << 20}, 3}));
  for (const char* bad : {"1MiB", "2MiB:1MiB:3", "1MiB:2MiB:1", "1:2:3:4"}) {
    EXPECT_THROW(static_cast<void>(SizeRange::parse(bad)), Error) << bad;
  }
  for (const char* text : {"knee", "size=1000", "loss=0.25"}) {
    const PointChoice choice = OptionText<PointChoice>::parse(text);
    EXPECT_EQ(OptionText<PointChoice>::print(choice), text);
  }
  EXPECT_THROW(
      static_cast<void>(OptionText<PointChoice>::parse("elbow")), Error);
}

}  // namespace
}  // namespace ompq
