// SPDX-License-Identifier: MIT
#include "ompq/pipeline/uniform_allocation.h"

#include <gtest/gtest.h>

#include "ompq/pipeline/allocate_widths.h"

#include "tests/support/expect_error.h"

#include "small_model.h"

namespace ompq {
namespace {

Plan uniform_plan(const SearchOptions& options) {
  return allocate_widths(small_model(), {}, options);
}

SearchOptions average(double bits) {
  SearchOptions options = options_for(Score::Uniform, {2, 3, 4, 6, 8});
  options.budget.average_bits = bits;
  return options;
}

TEST(UniformAllocation, IsTheWidestWidthThatKeepsTheBudget) {
  for (const auto& [budget, bits] :
       {std::pair{2.0, 2}, {2.9, 2}, {3.0, 3}, {5.9, 4}, {16.0, 8}}) {
    const Plan plan = uniform_plan(average(budget));
    for (const PlanLayer& layer : plan.layers) {
      EXPECT_EQ(layer.bits.weight_bits, bits) << budget;
    }
    EXPECT_DOUBLE_EQ(plan.solver->objective, bits);
    EXPECT_LE(plan.budgets[0].used, budget);
  }
}

TEST(UniformAllocation, KeepsPinsAndEnds) {
  SearchOptions options = average(5.0);
  options.budget.first_last = {8};
  options.budget.pins = {{"conv2", 6}};

  const Plan plan = uniform_plan(options);

  EXPECT_EQ(plan.layers[0].bits.weight_bits, 8);
  EXPECT_EQ(plan.layers[1].bits.weight_bits, 6);
  EXPECT_EQ(plan.layers[3].bits.weight_bits, 8);
  // One more bit for the layer that is left would pass the budget.
  options.budget.pins.push_back({"conv3", plan.layers[2].bits.weight_bits + 2});
  EXPECT_GT(
      uniform_plan([&] {
        SearchOptions free = options;
        free.budget.average_bits = 16.0;
        return free;
      }())
          .budgets[0]
          .used,
      5.0);
}

TEST(UniformAllocation, KeepsAllBudgetsTogether) {
  SearchOptions options = average(16.0);
  options.budget.payload = Bytes{700};

  const Plan plan = uniform_plan(options);

  ASSERT_EQ(plan.budgets.size(), 2U);
  for (const PlanBudget& budget : plan.budgets) {
    EXPECT_LE(budget.used, budget.budget.limit);
  }
  EXPECT_LT(plan.layers[2].bits.weight_bits, 8);
}

TEST(UniformAllocation, NamesTheSmallestFeasibleBudget) {
  expect_error(ErrorCode::Infeasible, "smallest feasible", [] {
    static_cast<void>(uniform_plan(average(1.5)));
  });
}

}  // namespace
}  // namespace ompq
