// SPDX-License-Identifier: MIT
#include "ompq/allocation/allocate.h"

#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/allocation/feasibility.h"
#include "ompq/core/error.h"

#include "tests/allocation/six_layers.h"

namespace ompq {
namespace {

using testing::error_of;
using testing::kCoefficients;
using testing::layers;

using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

double average_of(const BitPlan& plan) {
  return plan_totals(layers(), plan).average_bits;
}

std::vector<int> bits_of(const BitPlan& plan) {
  std::vector<int> bits;
  for (const LayerBits& layer : plan.layers) {
    bits.push_back(layer.weight_bits);
  }
  return bits;
}

AllocationProblem problem_with(const ProblemOptions& options) {
  return make_problem(layers(), linear_value(kCoefficients), options);
}

Error error_of(const ProblemOptions& options) {
  return error_of([&] { static_cast<void>(allocate(problem_with(options))); });
}

TEST(Allocate, NeverExceedsItsBudgets) {
  std::mt19937_64 engine(1);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  const FileSizeModel size_model{.fixed_bytes = 9999};
  const PlanTotals least =
      plan_totals(layers(), uniform_plan(6, 2), size_model);
  const PlanTotals most = plan_totals(layers(), uniform_plan(6, 8), size_model);
  for (int trial = 0; trial < 100; ++trial) {
    ProblemOptions options{
        .widths = {.first_last_bits = std::nullopt}, .size_model = size_model};
    for (const BudgetKind kind : kBudgetKinds) {
      if (used_of(kind, least) && unit(engine) < 0.5) {
        const double low = *used_of(kind, least);
        const double high = *used_of(kind, most);
        options.budgets.push_back(
            {.kind = kind, .limit = low + unit(engine) * (high - low)});
      }
    }
    const Allocation found = allocate(problem_with(options));
    const PlanTotals totals = plan_totals(layers(), found.plan, size_model);
    EXPECT_EQ(found.solver.status, "optimal");
    for (const Budget& budget : options.budgets) {
      EXPECT_LE(
          used_of(budget.kind, totals).value(), budget.limit * (1 + 1e-15));
    }
  }
}

TEST(Allocate, TakesAnExactlyFullBudget) {
  for (const double bits : {2.3, 3.0, 4.1, 7.7}) {
    BitPlan plan = uniform_plan(6, static_cast<int>(bits));
    const double limit = average_of(plan);
    const Allocation found = allocate(problem_with(
        {.widths = {.first_last_bits = std::nullopt},
         .budgets = {{.kind = BudgetKind::AverageBits, .limit = limit}}}));
    EXPECT_LE(average_of(found.plan), limit);
    EXPECT_GE(
        found.solver.objective,
        std::floor(bits) * (0.7 + 0.2 + 0.6 + 0.3 + 0.5 + 0.4) - 1e-12);
  }
}

TEST(Allocate, FixesFirstLastAndPinnedLayers) {
  const Allocation found = allocate(problem_with(
      {.widths = {.weight_bits = {2, 4}, .pins = {{"conv3", 5}}},
       .budgets = {{.kind = BudgetKind::AverageBits, .limit = 6.5}}}));
  const std::vector<int> bits = bits_of(found.plan);
  EXPECT_EQ(bits[0], 8);
  EXPECT_EQ(bits[2], 5);
  EXPECT_EQ(bits[5], 8);
  EXPECT_THAT(
      (std::vector<int>{bits[1], bits[3], bits[4]}),
      Each(::testing::AnyOf(2, 4)));
}

TEST(Allocate, LetsPinsOverrideTheEnds) {
  const Allocation found =
      allocate(problem_with({.widths = {.pins = {{"conv1", 3}}}}));
  EXPECT_THAT(bits_of(found.plan), ElementsAre(3, 8, 8, 8, 8, 8));
}

TEST(Allocate, GivesTiedLayersTheSameWidth) {
  const Allocation found = allocate(problem_with(
      {.widths = {.first_last_bits = std::nullopt},
       .budgets = {{.kind = BudgetKind::AverageBits, .limit = 3.7}},
       .weight_groups = {0, 0, -1, 1, 1, -1}}));
  const std::vector<int> bits = bits_of(found.plan);
  EXPECT_EQ(bits[0], bits[1]);
  EXPECT_EQ(bits[3], bits[4]);
  EXPECT_LE(average_of(found.plan), 3.7);
}

TEST(Allocate, ChoosesActivationWidthsTogetherWithWeightWidths) {
  // Given: activations matter most in conv2, weights in conv5.
  const LayerValue value = [](std::size_t layer,
                              int weight_bits,
                              std::optional<int> activation_bits) {
    const double error =
        (layer == 4 ? 10.0 : 1.0) * std::exp2(-weight_bits) +
        (layer == 1 ? 10.0 : 1.0) * std::exp2(-activation_bits.value_or(32));
    return -error;
  };
  const double limit =
      plan_totals(layers(), uniform_plan(6, 4, 4)).bit_operations;

  const AllocationProblem problem = make_problem(
      layers(),
      value,
      {.widths =
           {.activation_bits = {8, 4, 2}, .first_last_bits = std::nullopt},
       .budgets = {{.kind = BudgetKind::BitOperations, .limit = limit}},
       .activation_groups = {-1, -1, 0, 0, -1, -1}});
  const Allocation found = allocate(problem);

  EXPECT_LE(plan_totals(layers(), found.plan).bit_operations, limit);
  EXPECT_EQ(found.plan.layers[1].activation_bits, 8);
  EXPECT_EQ(
      found.plan.layers[2].activation_bits,
      found.plan.layers[3].activation_bits);
  EXPECT_GE(found.plan.layers[4].weight_bits, 5);
}

TEST(Allocate, SaysWhenCoefficientsCannotRankTheLayers) {
  const ProblemOptions options{
      .budgets = {{.kind = BudgetKind::AverageBits, .limit = 6.5}}};
  const Allocation found = allocate(make_problem(
      layers(), linear_value(std::vector<double>(6, 0.0)), options));
  EXPECT_TRUE(found.solver.degenerate_coefficients);
  EXPECT_EQ(found.solver.status, "optimal");
  EXPECT_THAT(bits_of(found.plan), ElementsAre(8, 2, 2, 2, 2, 8));
  EXPECT_FALSE(allocate(problem_with(options)).solver.degenerate_coefficients);
}

TEST(Allocate, GivesPricesPerUnitOfTheBudget) {
  const double weights = static_cast<double>(total_weights(layers()));
  const WidthRules widths{.first_last_bits = std::nullopt};
  const Allocation by_bits = allocate(problem_with(
      {.widths = widths,
       .budgets = {{.kind = BudgetKind::AverageBits, .limit = 4.0}}}));
  const Allocation by_bytes = allocate(problem_with(
      {.widths = widths,
       .budgets = {
           {.kind = BudgetKind::Payload, .limit = 4.0 * weights / 8.0}}}));
  EXPECT_EQ(by_bits.plan, by_bytes.plan);
  EXPECT_GT(by_bits.shadow_prices[0], 0.0);
  EXPECT_NEAR(
      by_bits.shadow_prices[0] / weights,
      by_bytes.shadow_prices[0] / 8.0,
      1e-12 * by_bytes.shadow_prices[0]);
}

TEST(Allocate, NamesTheSmallestFeasibleBudgetAndWhatBinds) {
  ProblemOptions options{
      .widths = {.pins = {{"conv4", 16}}},
      .budgets = {{.kind = BudgetKind::Payload, .limit = 100}}};
  const Error error = error_of(options);
  EXPECT_EQ(error.code(), ErrorCode::Infeasible);
  EXPECT_EQ(exit_code(error.code()), 4);
  EXPECT_THAT(
      error.what(),
      AllOf(
          HasSubstr("payload budget of 100 B (100 bytes)"),
          HasSubstr("'conv6' (first or last layer, 8 bits)"),
          HasSubstr("'conv4' (pinned at 16 bits)")));

  // The number in the message is feasible, one byte less is not.
  const double smallest = smallest_feasible(problem_with(options), 0);
  options.budgets[0].limit = smallest;
  EXPECT_EQ(allocate(problem_with(options)).solver.status, "optimal");
  options.budgets[0].limit = smallest - 1;
  EXPECT_EQ(error_of(options).code(), ErrorCode::Infeasible);
}

TEST(Allocate, NamesBudgetsThatContradictEachOther) {
  // Given: each budget alone is kept by one of the two widths only.
  AllocationProblem problem = problem_with(
      {.budgets = {
           {.kind = BudgetKind::Payload, .limit = 1e6},
           {.kind = BudgetKind::AverageBits, .limit = 6.0},
           {.kind = BudgetKind::BitOperations, .limit = 1e15}}});
  for (LayerOptions& layer : problem.layers) {
    layer.options.resize(1);
    layer.options.push_back(layer.options[0]);
    layer.options[0].costs = {1, 0, 9};
    layer.options[1].costs = {0, 1, 9};
  }
  problem.budgets[0].limit = 2;
  problem.budgets[1].limit = 2;
  problem.budgets[2].limit = 100;

  const Error error = error_of([&] { static_cast<void>(allocate(problem)); });

  EXPECT_EQ(error.code(), ErrorCode::Infeasible);
  EXPECT_THAT(
      error.what(), AllOf(HasSubstr("payload"), HasSubstr("average_bits")));
  EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("bit_operations")));
}

TEST(Allocate, NamesTiedLayersWithoutACommonWidth) {
  const Error error = error_of(
      {.widths = {.pins = {{"conv2", 3}, {"conv4", 5}}},
       .weight_groups = {-1, 0, -1, 0, -1, -1}});
  EXPECT_EQ(error.code(), ErrorCode::Infeasible);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("'conv2'"), HasSubstr("'conv4'")));
}

TEST(AllocateContinuous, HasAtMostOneLayerBetweenItsBounds) {
  const AllocationProblem problem = problem_with(
      {.budgets = {{.kind = BudgetKind::Payload, .limit = 20000}}});
  const ContinuousAllocation found =
      allocate_continuous(problem, kCoefficients);
  int between = 0;
  double payload_bits = 0.0;
  for (std::size_t i = 0; i < found.bits.size(); ++i) {
    const bool is_end = i == 0 || i == 5;
    EXPECT_GE(found.bits[i], is_end ? 8.0 : 2.0);
    EXPECT_LE(found.bits[i], 8.0);
    between += found.bits[i] > 2.0 && found.bits[i] < 8.0 ? 1 : 0;
    payload_bits += found.bits[i] * static_cast<double>(layers()[i].weights);
  }
  EXPECT_LE(between, 1);
  EXPECT_NEAR(payload_bits, 160000.0, 1e-6);
  EXPECT_GE(found.objective, allocate(problem).solver.objective - 1e-12);
}

TEST(AllocateContinuous, KeepsTiedLayersEqual) {
  const ContinuousAllocation found = allocate_continuous(
      problem_with(
          {.widths = {.first_last_bits = std::nullopt},
           .budgets = {{.kind = BudgetKind::AverageBits, .limit = 4.0}},
           .weight_groups = {0, -1, 0, -1, -1, 0}}),
      kCoefficients);
  EXPECT_THAT(found.bits[2], DoubleNear(found.bits[0], 1e-9));
  EXPECT_THAT(found.bits[5], DoubleNear(found.bits[0], 1e-9));
}

TEST(AllocateContinuous, SaysWhatIsWrong) {
  const AllocationProblem problem =
      problem_with({.budgets = {{.kind = BudgetKind::Payload, .limit = 1}}});
  EXPECT_EQ(
      error_of([&] {
        static_cast<void>(allocate_continuous(problem, kCoefficients));
      }).code(),
      ErrorCode::Infeasible);
  EXPECT_EQ(
      error_of([&] {
        static_cast<void>(
            allocate_continuous(problem, std::vector<double>{1.0}));
      }).code(),
      ErrorCode::InvalidArgument);
}

}  // namespace
}  // namespace ompq
