// SPDX-License-Identifier: MIT
#include "ompq/allocation/random_plan.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/allocation/six_layers.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::kCoefficients;
using testing::layers;

AllocationProblem problem(double average_bits) {
  return make_problem(
      layers(),
      linear_value(kCoefficients),
      {.widths = {.first_last_bits = 8},
       .budgets = {{BudgetKind::AverageBits, average_bits}}});
}

TEST(RandomPlan, UsesUpTheBudget) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const AllocationProblem given = problem(6.0);
    const BitPlan plan = random_plan(given, seed);

    EXPECT_LE(plan_totals(layers(), plan).average_bits, 6.0);
    EXPECT_EQ(plan.layers.front().weight_bits, 8);
    EXPECT_EQ(plan.layers.back().weight_bits, 8);
    // No layer fits another bit.
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      BitPlan wider = plan;
      if (wider.layers[i].weight_bits < 8) {
        ++wider.layers[i].weight_bits;
        EXPECT_GT(plan_totals(layers(), wider).average_bits, 6.0);
      }
    }
  }
}

TEST(RandomPlan, DependsOnItsSeedAlone) {
  std::set<std::vector<int>> plans;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const BitPlan plan = random_plan(problem(6.0), seed);
    EXPECT_EQ(plan, random_plan(problem(6.0), seed));
    std::vector<int> bits;
    for (const LayerBits& layer : plan.layers) {
      bits.push_back(layer.weight_bits);
    }
    plans.insert(bits);
  }
  EXPECT_GT(plans.size(), 10U);
}

TEST(RandomPlan, SaysIfNothingFits) {
  expect_error(ErrorCode::Infeasible, "random plan", [] {
    static_cast<void>(random_plan(problem(4.0), 1));
  });
}

}  // namespace
}  // namespace ompq
