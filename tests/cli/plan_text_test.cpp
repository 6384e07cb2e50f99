// SPDX-License-Identifier: MIT
#include "cli/plan_text.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "cli/terminal.h"

namespace ompq {
namespace {

Plan small_plan() {
  Plan plan;
  plan.layers = {
      {.name = "conv1", .weights = 1000, .bits = {.weight_bits = 8}},
      {.name = std::string(100, 'x'),
       .weights = 123456,
       .bits = {.weight_bits = 3},
       .gamma = 2.5,
       .gamma_interval = Interval{2.25, 2.75}}};
  plan.solver = PlanSolver{
      .method = "core", .status = "optimal", .objective = 12.5, .bound = 12.5};
  return plan;
}

TEST(PlanText, FitsTheTerminal) {
  for (const std::int64_t width : {60, 80, 120}) {
    std::istringstream lines(to_text(small_plan(), width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(PlanText, ShowsBitsGammaAndTotals) {
  const std::string text = to_text(small_plan(), 80);

  EXPECT_NE(text.find("2.50 +-0.25"), std::string::npos) << text;
  EXPECT_NE(text.find("2 layers"), std::string::npos) << text;
  EXPECT_NE(text.find("124,456"), std::string::npos) << text;
  EXPECT_NE(text.find("3.04"), std::string::npos) << text;
  // The line is wrapped.
  EXPECT_NE(text.find("solver core: optimal, no plan"), std::string::npos)
      << text;
}

TEST(PlanText, SaysHowFarFromOptimalAPlanMayBe) {
  Plan plan = small_plan();
  plan.solver->bound = 13.0;
  plan.solver->gap = 0.04;

  EXPECT_NE(to_text(plan, 80).find("gap 4 %"), std::string::npos);
}

TEST(PlanText, ShowsErrorsAndWhatTheirSumIs) {
  Plan plan = small_plan();
  EXPECT_EQ(to_text(plan, 80).find("error"), std::string::npos);
  plan.settings["score"] = "sqnr";
  plan.layers[0].error_per_width = {{2, 0.5}, {8, 0.0125}};
  plan.solver->objective = -0.75;

  const std::string text = to_text(plan, 80);

  EXPECT_NE(text.find("0.013"), std::string::npos) << text;
  EXPECT_NE(text.find("score sqnr: sum of errors 0.75"), std::string::npos)
      << text;
}

TEST(PlanText, SaysThatOneWidthIsTheWidest) {
  Plan plan = small_plan();
  plan.settings["score"] = "uniform";
  plan.solver->objective = 3.0;

  EXPECT_NE(
      to_text(plan, 80).find(
          "score uniform: 3 bits, the widest single width within the budget"),
      std::string::npos);
}

TEST(PlanText, ShowsActivationBitsWhereThereAreAny) {
  EXPECT_EQ(to_text(small_plan(), 80).find(" act"), std::string::npos);
  Plan plan = small_plan();
  plan.layers[0].bits.activation_bits = 8;

  const std::string text = to_text(plan, 80);
  EXPECT_NE(text.find(" act"), std::string::npos);
  EXPECT_NE(text.find("float"), std::string::npos);
}

}  // namespace
}  // namespace ompq
