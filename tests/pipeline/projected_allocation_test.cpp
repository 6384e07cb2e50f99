// SPDX-License-Identifier: MIT
#include "ompq/pipeline/projected_allocation.h"

#include <gtest/gtest.h>

#include "ompq/pipeline/allocate_widths.h"

#include "tests/support/expect_error.h"

#include "small_model.h"

namespace ompq {
namespace {

Plan projected_plan(double average) {
  SearchOptions options =
      options_for(Score::SizeProjection, {2, 3, 4, 5, 6, 7, 8});
  options.budget.average_bits = average;
  return allocate_widths(small_model(), {}, options);
}

TEST(ProjectedAllocation, GivesLargerLayersNoMoreBits) {
  for (const double average : {2.0, 2.5, 3.0, 4.0, 5.5, 8.0}) {
    const Plan plan = projected_plan(average);
    EXPECT_LE(plan_totals(plan).average_bits, average);
    for (const PlanLayer& left : plan.layers) {
      for (const PlanLayer& right : plan.layers) {
        if (left.weights > right.weights) {
          EXPECT_LE(left.bits.weight_bits, right.bits.weight_bits);
        }
      }
    }
  }
}

TEST(ProjectedAllocation, FollowsOneLambda) {
  const Plan plan = projected_plan(4.0);
  double least = 0.0;
  double most = 1e9;
  // Every width says between which numbers lambda must lie.
  for (const PlanLayer& layer : plan.layers) {
    const auto weights = static_cast<double>(layer.weights);
    const double bits = layer.bits.weight_bits;
    if (bits < 8) {
      least = std::max(least, (8 - bits - 0.5) / weights);
    }
    if (bits > 2) {
      most = std::min(most, (8 - bits + 0.5) / weights);
    }
  }
  EXPECT_LE(least, most + 1e-12);
}

TEST(ProjectedAllocation, TakesTheLargestWidthsIfTheBudgetAllows) {
  for (const PlanLayer& layer : projected_plan(16.0).layers) {
    EXPECT_EQ(layer.bits.weight_bits, 8);
  }
}

TEST(ProjectedAllocation, SaysIfNothingFits) {
  expect_error(ErrorCode::Infeasible, "average_bits", [] {
    static_cast<void>(projected_plan(1.5));
  });
}

}  // namespace
}  // namespace ompq
