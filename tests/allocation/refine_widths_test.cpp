// SPDX-License-Identifier: MIT
#include "ompq/allocation/refine_widths.h"

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/allocation/allocate.h"

#include "tests/allocation/six_layers.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::kCoefficients;
using testing::layers;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

AllocationProblem problem(
    double average_bits, std::vector<int> weight_groups = {}) {
  return make_problem(
      layers(),
      linear_value(kCoefficients),
      {.widths = {.first_last_bits = std::nullopt},
       .budgets = {{BudgetKind::AverageBits, average_bits}},
       .weight_groups = std::move(weight_groups)});
}

/// Falls with bits, at another speed in every layer; adds up over layers.
double additive_loss(const BitPlan& plan) {
  double loss = 0.0;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    loss += kCoefficients[i] * std::pow(2.0, -plan.layers[i].weight_bits);
  }
  return loss;
}

/// Layers disturb each other.
double joint_loss(const BitPlan& plan) {
  double root = 0.0;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const double share = i % 2 == 0 ? 1.0 : 0.3;
    root += share * std::pow(2.0, -plan.layers[i].weight_bits);
  }
  return root * root;
}

/// Of one sample.
std::vector<double> additive(const BitPlan& plan, const BitPlan& /*near*/) {
  return {additive_loss(plan)};
}

std::vector<double> joint(const BitPlan& plan, const BitPlan& /*near*/) {
  return {joint_loss(plan)};
}

Refinement refine(
    const AllocationProblem& given,
    const JointLoss& loss,
    const std::vector<BitPlan>& starts) {
  return refine_widths(given, starts, loss, {.time_limit_s = 30.0});
}

bool keeps_budget(const Refinement& refinement, double average_bits) {
  return plan_totals(layers(), refinement.plan).average_bits <= average_bits;
}

TEST(RefineWidths, FindsTheOptimumOfALossThatAddsUp) {
  const AllocationProblem given = problem(4.0);
  const auto value = [](std::size_t layer, int bits, std::optional<int>) {
    return -kCoefficients[layer] * std::pow(2.0, -bits);
  };
  ProblemOptions options{
      .widths = {.first_last_bits = std::nullopt},
      .budgets = {{BudgetKind::AverageBits, 4.0}}};
  const Allocation best = allocate(make_problem(layers(), value, options));

  const Refinement refinement =
      refine(given, additive, {uniform_plan(layers().size(), 2)});

  EXPECT_NEAR(refinement.loss, -best.solver.objective, 1e-3 * refinement.loss);
  EXPECT_TRUE(refinement.is_local_optimum);
  EXPECT_TRUE(keeps_budget(refinement, 4.0));
}

TEST(RefineWidths, IsNeverWorseThanItsStarts) {
  for (const double average : {2.0, 2.7, 3.5, 5.0}) {
    const AllocationProblem given = problem(average);
    const BitPlan start = allocate(given).plan;

    const Refinement refinement = refine(given, joint, {start});

    EXPECT_DOUBLE_EQ(refinement.start_loss, joint_loss(start));
    EXPECT_LE(refinement.loss, refinement.start_loss);
    EXPECT_DOUBLE_EQ(refinement.loss, joint_loss(refinement.plan));
    EXPECT_TRUE(keeps_budget(refinement, average)) << average;
  }
}

TEST(RefineWidths, BeginsWithTheBestStart) {
  const BitPlan low = uniform_plan(layers().size(), 2);
  const BitPlan high = uniform_plan(layers().size(), 4);
  const JointLoss flat = [&](const BitPlan& plan, const BitPlan& /*near*/) {
    return std::vector{plan == high ? 1.0 : plan == low ? 2.0 : 3.0};
  };

  const Refinement refinement = refine(problem(4.0), flat, {low, high});

  EXPECT_EQ(refinement.plan, high);
  EXPECT_EQ(refinement.start_loss, 2.0);
  EXPECT_EQ(refinement.loss, 1.0);
}

TEST(RefineWidths, MovesTiedLayersTogether) {
  const std::vector<int> groups{0, 1, 0, -1, 1, -1};
  const AllocationProblem given = problem(4.0, groups);

  const Refinement refinement =
      refine(given, joint, {uniform_plan(layers().size(), 2)});

  const auto& chosen = refinement.plan.layers;
  EXPECT_EQ(chosen[0].weight_bits, chosen[2].weight_bits);
  EXPECT_EQ(chosen[1].weight_bits, chosen[4].weight_bits);
  EXPECT_LT(refinement.loss, refinement.start_loss);
  EXPECT_TRUE(keeps_budget(refinement, 4.0));
}

TEST(RefineWidths, TreatsLossesThatAreNotFiniteAsTheWorst) {
  const JointLoss broken = [](const BitPlan& plan, const BitPlan& /*near*/) {
    return std::vector{
        plan.layers[0].weight_bits < 4 ? std::nan("") : additive_loss(plan)};
  };

  const Refinement refinement = refine(
      problem(4.0),
      broken,
      {uniform_plan(layers().size(), 2), uniform_plan(layers().size(), 4)});

  EXPECT_EQ(refinement.start_loss, kInfinity);
  EXPECT_TRUE(std::isfinite(refinement.loss));
}

/// Losses of 16 samples: `mean`, and further off by up to `spread` for all
/// plans but one.
JointLoss scattered(
    const BitPlan& steady,
    std::function<double(const BitPlan&)> mean,
    double spread) {
  return [=](const BitPlan& plan, const BitPlan& /*near*/) {
    std::vector<double> losses;
    for (int n = 0; n < 16; ++n) {
      const double sign = n % 2 == 0 ? 1.0 : -1.0;
      losses.push_back(mean(plan) + (plan == steady ? 0.0 : sign * spread));
    }
    return losses;
  };
}

TEST(RefineWidths, TakesNothingThatMayBeChance) {
  const BitPlan start = uniform_plan(layers().size(), 3);
  // Everything else looks better, by less than samples differ.
  const auto slightly = [&](const BitPlan& plan) {
    return plan == start ? 1.0 : 0.9;
  };

  const Refinement stays =
      refine(problem(4.0), scattered(start, slightly, 1.0), {start});
  const Refinement moves =
      refine(problem(4.0), scattered(start, slightly, 0.1), {start});

  EXPECT_EQ(stays.plan, start);
  EXPECT_TRUE(stays.is_local_optimum);
  EXPECT_GT(stays.evaluations, 6);
  EXPECT_NE(moves.plan, start);
  EXPECT_NEAR(moves.loss, 0.9, 1e-12);
}

TEST(RefineWidths, LeavesTheFirstStartOnlyForASurelyBetterOne) {
  const BitPlan first = uniform_plan(layers().size(), 2);
  const BitPlan second = uniform_plan(layers().size(), 4);
  const auto loss = [&](const BitPlan& plan) {
    return plan == second ? 0.9 : plan == first ? 1.0 : 2.0;
  };

  EXPECT_EQ(
      refine(problem(4.0), scattered(first, loss, 1.0), {first, second}).plan,
      first);
  EXPECT_EQ(
      refine(problem(4.0), scattered(first, loss, 0.1), {first, second}).plan,
      second);
}

TEST(RefineWidths, SaysWhatAPlanIsNear) {
  std::vector<std::size_t> differing;
  const JointLoss watched = [&](const BitPlan& plan, const BitPlan& near) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      count += plan.layers[i] == near.layers.at(i) ? 0U : 1U;
    }
    differing.push_back(count);
    // The start is the best one.
    return std::vector{count == 0 ? 1.0 : 2.0};
  };

  static_cast<void>(
      refine(problem(4.0), watched, {uniform_plan(layers().size(), 3)}));

  // The start, and single steps from it.
  ASSERT_GT(differing.size(), 6U);
  EXPECT_EQ(differing.front(), 0U);
  for (std::size_t n = 1; n < differing.size(); ++n) {
    EXPECT_EQ(differing[n], 1U) << n;
  }
}

TEST(RefineWidths, StopsWhenItsTimeIsOver) {
  const Refinement refinement = refine_widths(
      problem(4.0),
      {uniform_plan(layers().size(), 3)},
      joint,
      {.time_limit_s = 1e-9});

  EXPECT_EQ(refinement.evaluations, 1);
  EXPECT_FALSE(refinement.is_local_optimum);
  EXPECT_EQ(refinement.plan, uniform_plan(layers().size(), 3));
}

TEST(RefineWidths, EndsWhereTheObserverAsks) {
  struct Impatient : Observer {
    [[nodiscard]] bool interrupted() const override { return true; }
  } observer;
  expect_error(ErrorCode::Interrupted, "nothing was written", [&] {
    static_cast<void>(refine_widths(
        problem(4.0),
        {uniform_plan(layers().size(), 3)},
        joint,
        {.time_limit_s = 30.0},
        observer));
  });
}

TEST(RefineWidths, SaysWhatIsWrongWithItsStarts) {
  expect_error(ErrorCode::InvalidArgument, "needs a plan", [] {
    static_cast<void>(refine(problem(4.0), joint, {}));
  });
  expect_error(ErrorCode::InvalidArgument, "9 bits", [] {
    static_cast<void>(
        refine(problem(4.0), joint, {uniform_plan(layers().size(), 9)}));
  });
}

}  // namespace
}  // namespace ompq
