// SPDX-License-Identifier: MIT
#include "ompq/allocation/integer_program.h"

#include <algorithm>
#include <ctime>
#include <limits>
#include <random>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/allocation/random_program.h"

namespace ompq {
namespace {

using testing::best_by_enumeration;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::random_program;

TEST(IntegerProgram, TakesTheBestChoicesWithoutABudget) {
  const ChoiceProgram program{
      .classes = {{{.value = 1.0}, {.value = 2.0}}, {{.value = -1.0}}}};
  EXPECT_THAT(solve_choice_program(program).chosen, ElementsAre(1U, 0U));
}

TEST(IntegerProgram, KeepsTheBudgetToTheLastUnit) {
  // Sizes so large that a relative tolerance of 1e-9 would let one unit slip.
  ChoiceProgram program{.limits = {2'000'000'000'000'000 - 1}};
  for (int i = 0; i < 2; ++i) {
    program.classes.push_back(
        {{.value = 0.0, .costs = {1}},
         {.value = 1.0, .costs = {1'000'000'000'000'000}}});
  }
  for (const IntegerMethod method :
       {IntegerMethod::Automatic, IntegerMethod::BranchAndCut}) {
    const IntegerSolution solution =
        solve_choice_program(program, {.method = method});
    EXPECT_EQ(solution.status, SolveStatus::Optimal);
    EXPECT_TRUE(is_feasible(program, solution.chosen));
    EXPECT_DOUBLE_EQ(solution.objective, 1.0);
  }
}

TEST(IntegerProgram, GivesLeftoverBudgetToValuesTooSmallToSeeInTheSum) {
  // The second class adds 1e-40 to an objective of 1e3.
  const ChoiceProgram program{
      .classes =
          {{{.value = 0.0, .costs = {1}}, {.value = 1e3, .costs = {10}}},
           {{.value = 0.0, .costs = {1}}, {.value = 1e-40, .costs = {2}}}},
      .limits = {20}};
  EXPECT_THAT(solve_choice_program(program).chosen, ElementsAre(1U, 1U));
}

TEST(IntegerProgram, PrefersTheSmallerOfEqualSolutions) {
  for (int seed = 0; seed < 50; ++seed) {
    std::mt19937_64 engine(seed);
    const ChoiceProgram program =
        random_program(engine, {.has_equal_values = true});
    const IntegerSolution solution = solve_choice_program(program);
    ChoiceProgram smaller = program;
    smaller.limits[0] = costs_of(program, solution.chosen)[0] - 1;
    const std::optional<Chosen> best = best_by_enumeration(smaller);
    EXPECT_TRUE(!best || value_of(program, *best) < solution.objective);
  }
}

TEST(IntegerProgram, GivesTheCostlierChoiceToTheEarlierOfEqualClasses) {
  const std::vector<Choice> choices{
      {.value = 0.0, .costs = {2}}, {.value = 1.0, .costs = {4}}};
  const ChoiceProgram program{
      .classes = {choices, choices, choices}, .limits = {10}};
  EXPECT_THAT(solve_choice_program(program).chosen, ElementsAre(1U, 1U, 0U));
}

TEST(IntegerProgram, GivesTheSameSolutionEveryTime) {
  for (int budgets = 1; budgets <= 3; ++budgets) {
    std::mt19937_64 engine(budgets);
    const ChoiceProgram program = random_program(
        engine,
        {.classes = 40,
         .choices = 7,
         .budgets = budgets,
         .has_equal_values = true});
    EXPECT_EQ(
        solve_choice_program(program).chosen,
        solve_choice_program(program).chosen);
  }
}

TEST(IntegerProgram, HasAShadowPriceThatPredictsMoreBudget) {
  std::mt19937_64 engine(3);
  const ChoiceProgram program = random_program(
      engine, {.classes = 200, .choices = 7, .is_concave = true});
  ChoiceProgram more = program;
  more.limits[0] += program.limits[0] / 200;
  const IntegerSolution before = solve_choice_program(program);
  const IntegerSolution after = solve_choice_program(more);
  const double predicted =
      before.shadow_prices[0] *
      static_cast<double>(more.limits[0] - program.limits[0]);
  EXPECT_NEAR(after.objective - before.objective, predicted, 0.1 * predicted);
}

TEST(IntegerProgram, HasNoPriceForABudgetThatDoesNotBind) {
  std::mt19937_64 engine(3);
  const ChoiceProgram program =
      random_program(engine, {.budgets = 2, .tightness = 1.0});
  EXPECT_THAT(
      solve_choice_program(program).shadow_prices, ElementsAre(0.0, 0.0));
}

TEST(IntegerProgram, ProvesTwoHundredLayersInTime) {
  // The limits leave room for slow machines; the benchmark has the numbers.
  for (const auto& [budgets, limit_s] :
       {std::pair(1, 0.2), std::pair(3, 1.0)}) {
    for (int seed = 0; seed < 4; ++seed) {
      std::mt19937_64 engine(seed);
      const ChoiceProgram program = random_program(
          engine,
          {.classes = 200,
           .choices = 7,
           .budgets = budgets,
           .is_concave = seed % 2 == 0});
      const std::clock_t begin = std::clock();
      EXPECT_EQ(solve_choice_program(program).status, SolveStatus::Optimal);
      const double elapsed_s =
          static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
#ifdef NDEBUG
      EXPECT_LT(elapsed_s, limit_s);
#else
      EXPECT_LT(elapsed_s, 20.0 * limit_s);
#endif
    }
  }
}

TEST(IntegerProgram, StopsAtTheTimeLimitWithABound) {
  std::mt19937_64 engine(5);
  const ChoiceProgram program =
      random_program(engine, {.classes = 300, .choices = 7, .budgets = 5});
  const IntegerSolution solution =
      solve_choice_program(program, {.time_limit_s = 0.02});
  EXPECT_TRUE(is_feasible(program, solution.chosen));
  EXPECT_GE(solution.bound, solution.objective);
  EXPECT_EQ(
      solution.status == SolveStatus::Optimal,
      solution.bound == solution.objective);
}

std::string message_about(const ChoiceProgram& program) {
  try {
    static_cast<void>(solve_choice_program(program));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    return error.what();
  }
  return "no error";
}

TEST(IntegerProgram, RejectsWhatIsNoProgramme) {
  EXPECT_THAT(
      message_about({.classes = {{}}}), HasSubstr("class 0 has no choice"));
  EXPECT_THAT(
      message_about(
          {.classes = {{{.value = std::numeric_limits<double>::quiet_NaN()}}}}),
      HasSubstr("class 0, choice 0: expected a finite value, got nan"));
  EXPECT_THAT(
      message_about({.classes = {{{.costs = {-1}}}}, .limits = {3}}),
      HasSubstr("expected a cost of at least 0, got -1"));
  EXPECT_THAT(
      message_about({.classes = {{{.costs = {1, 2}}}}, .limits = {3}}),
      HasSubstr("expected 1 costs, got 2"));
  EXPECT_THAT(
      message_about(
          {.classes = {{{.value = 1.0}}}, .tie_groups = {{{0, 1}, {}}}}),
      HasSubstr("tie group of 1 classes, got 2"));
  EXPECT_THROW(
      static_cast<void>(solve_choice_program({}, {.time_limit_s = 0.0})),
      Error);
}

}  // namespace
}  // namespace ompq
