// SPDX-License-Identifier: MIT
//
// Optima against enumeration of all solutions and against branch and cut.
#include <cmath>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/allocation/integer_program.h"

#include "tests/allocation/random_program.h"

namespace ompq {
namespace {

using testing::best_by_enumeration;
using testing::random_program;
using testing::RandomProgramOptions;

constexpr double kRelative = 1e-9;

void expect_optimal(
    const ChoiceProgram& program, const IntegerOptions& options = {}) {
  const std::optional<Chosen> best = best_by_enumeration(program);
  const IntegerSolution solution = solve_choice_program(program, options);
  if (!best) {
    EXPECT_EQ(solution.status, SolveStatus::Infeasible);
    EXPECT_TRUE(solution.chosen.empty());
    return;
  }
  ASSERT_EQ(solution.status, SolveStatus::Optimal);
  EXPECT_TRUE(is_feasible(program, solution.chosen));
  const double expected = value_of(program, *best);
  EXPECT_NEAR(solution.objective, expected, kRelative * std::abs(expected));
  EXPECT_DOUBLE_EQ(solution.objective, value_of(program, solution.chosen));
  EXPECT_EQ(solution.gap, 0.0);
  EXPECT_EQ(solution.shadow_prices.size(), program.budgets());
}

/// Programmes of all kinds; every eighth or so is infeasible.
RandomProgramOptions options_of(int seed, int budgets) {
  return {
      .classes = 3 + seed % 5,
      .choices = 2 + seed % 3,
      .budgets = budgets,
      .tightness = 0.12 * (seed % 9) - 0.1,
      .has_equal_values = seed % 4 == 1,
      .is_concave = seed % 2 == 0,
      .has_equal_classes = seed % 5 == 0};
}

class IntegerProgramOfBudgets : public ::testing::TestWithParam<int> {};

TEST_P(IntegerProgramOfBudgets, EqualsEnumeration) {
  for (int seed = 0; seed < 200; ++seed) {
    std::mt19937_64 engine(seed);
    SCOPED_TRACE(seed);
    expect_optimal(random_program(engine, options_of(seed, GetParam())));
  }
}

TEST_P(IntegerProgramOfBudgets, EqualsEnumerationWithPinnedClasses) {
  for (int seed = 0; seed < 60; ++seed) {
    std::mt19937_64 engine(seed);
    SCOPED_TRACE(seed);
    ChoiceProgram program =
        random_program(engine, options_of(seed, GetParam()));
    program.classes.front() = {program.classes.front().back()};
    program.classes.back() = {program.classes.back().front()};
    expect_optimal(program);
  }
}

TEST_P(IntegerProgramOfBudgets, EqualsEnumerationWithTiedClasses) {
  for (int seed = 0; seed < 60; ++seed) {
    std::mt19937_64 engine(seed);
    SCOPED_TRACE(seed);
    ChoiceProgram program =
        random_program(engine, options_of(seed, GetParam()));
    for (std::size_t i = 0; i < program.classes.size(); ++i) {
      program.tie_groups[0].push_back(i % 3 == 0 ? 7 : -1);
      program.tie_groups[1].push_back(i % 2 == 0 && seed % 2 == 0 ? 0 : -1);
    }
    expect_optimal(program);
  }
}

TEST_P(IntegerProgramOfBudgets, EqualsBranchAndCutOnLargerProblems) {
  for (int seed = 0; seed < 6; ++seed) {
    std::mt19937_64 engine(seed);
    SCOPED_TRACE(seed);
    const ChoiceProgram program = random_program(
        engine,
        {.classes = 30,
         .choices = 7,
         .budgets = GetParam(),
         .is_concave = seed % 2 == 0});
    const IntegerSolution ours = solve_choice_program(program);
    const IntegerSolution reference =
        solve_choice_program(program, {.method = IntegerMethod::BranchAndCut});
    EXPECT_NEAR(
        ours.objective,
        reference.objective,
        kRelative * std::abs(reference.objective));
  }
}

TEST_P(IntegerProgramOfBudgets, EqualsBranchAndCutOnLargerTiedProblems) {
  for (int seed = 0; seed < 4; ++seed) {
    std::mt19937_64 engine(seed);
    SCOPED_TRACE(seed);
    ChoiceProgram program = random_program(
        engine, {.classes = 20, .choices = 7, .budgets = GetParam()});
    for (int i = 0; i < 20; ++i) {
      program.tie_groups[0].push_back(i < 8 ? i / 4 : -1);
      program.tie_groups[1].push_back(i > 9 && i < 13 ? 5 : -1);
    }
    const IntegerSolution ours = solve_choice_program(program);
    const IntegerSolution reference =
        solve_choice_program(program, {.method = IntegerMethod::BranchAndCut});
    EXPECT_TRUE(is_feasible(program, ours.chosen));
    EXPECT_NE(ours.method, reference.method);
    EXPECT_NEAR(
        ours.objective,
        reference.objective,
        kRelative * std::abs(reference.objective));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Budgets, IntegerProgramOfBudgets, ::testing::Values(1, 2, 3));

TEST(IntegerProgram, IsExactForValuesOfAnyMagnitude) {
  for (const double scale : {1e-300, 1e-118, 1e-40, 1e-9, 1e9, 1e200}) {
    for (int seed = 0; seed < 10; ++seed) {
      std::mt19937_64 engine(seed);
      ChoiceProgram program = random_program(engine, {.budgets = 1 + seed % 3});
      for (std::vector<Choice>& choices : program.classes) {
        for (Choice& choice : choices) {
          choice.value *= scale;
        }
      }
      SCOPED_TRACE(scale);
      expect_optimal(program);
    }
  }
}

}  // namespace
}  // namespace ompq
