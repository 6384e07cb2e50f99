// SPDX-License-Identifier: MIT
#include "ompq/allocation/linear_program.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// maximise 3x + 2y, x + y <= 4, x + 3y <= 7, 0 <= x <= 3, 0 <= y <= 9.
LinearProgram textbook() {
  return {
      .objective = {3.0, 2.0},
      .lower = {0.0, 0.0},
      .upper = {3.0, 9.0},
      .rows = {
          {{0, 1}, {1.0, 1.0}, -kInfinity, 4.0},
          {{0, 1}, {1.0, 3.0}, -kInfinity, 7.0}}};
}

TEST(LinearProgram, FindsTheOptimumAndItsPrices) {
  const LinearSolution solution = solve_linear_program(textbook());
  EXPECT_EQ(solution.status, SolveStatus::Optimal);
  EXPECT_NEAR(solution.objective, 11.0, 1e-12);
  EXPECT_THAT(
      solution.variables,
      ElementsAre(DoubleNear(3.0, 1e-12), DoubleNear(1.0, 1e-12)));
  EXPECT_THAT(
      solution.shadow_prices,
      ElementsAre(DoubleNear(2.0, 1e-12), DoubleNear(0.0, 1e-12)));
}

TEST(LinearProgram, IsExactForCoefficientsOfAnyMagnitude) {
  for (const double scale : {1e-118, 1e-20, 1e30}) {
    LinearProgram program = textbook();
    for (double& coefficient : program.objective) {
      coefficient *= scale;
    }
    for (LinearRow& row : program.rows) {
      for (double& coefficient : row.coefficients) {
        coefficient *= 1e9;
      }
      row.upper *= 1e9;
    }
    const LinearSolution solution = solve_linear_program(program);
    EXPECT_NEAR(solution.objective / scale, 11.0, 1e-9);
    EXPECT_NEAR(solution.shadow_prices[0] / scale, 2e-9, 1e-18);
  }
}

TEST(LinearProgram, SaysWhenNothingIsFeasible) {
  LinearProgram program = textbook();
  program.rows[0].upper = -1.0;
  EXPECT_EQ(solve_linear_program(program).status, SolveStatus::Infeasible);
}

TEST(LinearProgram, FailsWhenTheOptimumIsUnbounded) {
  LinearProgram program = textbook();
  program.rows.clear();
  program.upper[0] = kInfinity;
  EXPECT_THROW(static_cast<void>(solve_linear_program(program)), Error);
}

TEST(LinearProgram, KeepsRowsWithBothBounds) {
  LinearProgram program = textbook();
  program.rows.push_back({{0, 1}, {1.0, -1.0}, 0.0, 0.0});
  EXPECT_THAT(
      solve_linear_program(program).variables,
      ElementsAre(DoubleNear(1.75, 1e-12), DoubleNear(1.75, 1e-12)));
}

}  // namespace
}  // namespace ompq
