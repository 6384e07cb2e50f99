// SPDX-License-Identifier: MIT
#include "ompq/pipeline/resolve_plan.h"

#include <gtest/gtest.h>

#include "ompq/pipeline/allocate_widths.h"

#include "tests/support/expect_error.h"

#include "small_model.h"

namespace ompq {
namespace {

const std::vector<int> kWidths{2, 3, 4};

/// A plan as a search by errors writes it.
Plan measured_plan() {
  Plan plan = allocate_widths(
      small_model(),
      measured_errors(ErrorKind::Output, kWidths),
      options_for(Score::Sqnr, kWidths));
  plan.settings = {{"samples", 7}, {"error", "output"}, {"score", "sqnr"}};
  return plan;
}

TEST(ResolvePlan, SolvesAnotherBudgetByTheErrorsOfThePlan) {
  const Plan before = measured_plan();
  SearchOptions options = options_for(Score::Sqnr, kWidths);
  options.budget.average_bits = 2.5;

  const Plan plan = resolve_plan(small_model(), before, options);

  EXPECT_LE(plan_totals(plan).average_bits, 2.5);
  EXPECT_LT(plan.solver->objective, before.solver->objective);
  EXPECT_EQ(plan.layers[1].error_per_width, before.layers[1].error_per_width);
  EXPECT_EQ(plan.settings["error"], "output");
  EXPECT_EQ(plan.settings["samples"], 7);
}

TEST(ResolvePlan, GivesTheSamePlanForTheSameOptions) {
  const Plan before = measured_plan();

  const Plan plan =
      resolve_plan(small_model(), before, options_for(Score::Sqnr, kWidths));

  EXPECT_EQ(plan.layers, before.layers);
}

TEST(ResolvePlan, SolvesControlsByAnyPlan) {
  for (const Score score : {Score::Size, Score::Random, Score::Uniform}) {
    const Plan plan = resolve_plan(
        small_model(), measured_plan(), options_for(score, kWidths));
    EXPECT_LE(plan_totals(plan).average_bits, 4.0);
  }
}

TEST(ResolvePlan, AsksForImagesWhereAWidthWasNotMeasured) {
  for (const std::string part : {"5 bits", "2, 3, 4", "--calib"}) {
    expect_error(ErrorCode::InvalidPlan, part, [] {
      static_cast<void>(resolve_plan(
          small_model(),
          measured_plan(),
          options_for(Score::Sqnr, {2, 3, 4, 5})));
    });
  }
}

TEST(ResolvePlan, AsksForImagesWhereTheScoreWasNotMeasured) {
  for (const Score score : {Score::Ompq, Score::OmpqError, Score::Fisher}) {
    expect_error(ErrorCode::InvalidPlan, "search again with --calib", [&] {
      static_cast<void>(resolve_plan(
          small_model(), measured_plan(), options_for(score, kWidths)));
    });
  }
}

TEST(ResolvePlan, RefusesAKindOfErrorsItDoesNotKnow) {
  Plan plan = measured_plan();
  plan.settings["error"] = "guess";
  expect_error(ErrorCode::InvalidPlan, "output, fisher, balanced, taylor", [&] {
    static_cast<void>(
        resolve_plan(small_model(), plan, options_for(Score::Sqnr, kWidths)));
  });
}

TEST(PlanWithoutImages, IsForScoresThatMeasureNothing) {
  const Plan plan =
      plan_without_images(small_model(), options_for(Score::Size, kWidths));
  EXPECT_EQ(plan.settings["score"], "size");
  expect_error(ErrorCode::InvalidPlan, "--calib", [] {
    static_cast<void>(
        plan_without_images(small_model(), options_for(Score::Sqnr, kWidths)));
  });
}

}  // namespace
}  // namespace ompq
