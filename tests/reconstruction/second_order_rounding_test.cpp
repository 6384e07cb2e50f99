// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/second_order_rounding.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "tests/reconstruction/correlated_problem.h"
#include "tests/support/expect_error.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

void expect_on_grid(const RoundedRows& rows, const IntegerGrid& grid) {
  EXPECT_TRUE(at::equal(rows.codes, at::round(rows.codes)));
  EXPECT_GE(rows.codes.min().item<float>(), static_cast<float>(grid.lowest()));
  EXPECT_LE(rows.codes.max().item<float>(), static_cast<float>(grid.highest()));
}

TEST(SecondOrderRounding, StaysOnTheGrid) {
  const CorrelatedProblem problem(1);
  for (const int bits : {1, 2, 4, 8}) {
    for (const bool is_signed : {false, true}) {
      if (bits == 1 && is_signed) {
        continue;
      }
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};

      const RoundedRows rows = round_second_order(
          problem.weights,
          problem.moments(),
          {.scales = {.grid = grid, .search = {.is_symmetric = is_signed}}});

      expect_on_grid(rows, grid);
      EXPECT_GT(rows.scales.min().item<float>(), 0.0F);
    }
  }
}

TEST(SecondOrderRounding, ChangesTheOutputMuchLessThanTheNearestIntegers) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const CorrelatedProblem problem(seed);
    for (const int bits : {2, 3, 4}) {
      const RowScaleOptions scales{.grid = {.bits = bits}};

      const RoundedRows rows = round_second_order(
          problem.weights, problem.moments(), {.scales = scales});

      const RoundedRows nearest = round_to_nearest(problem.weights, scales);
      EXPECT_LT(problem.error(rows), 0.8 * problem.error(nearest))
          << "seed " << seed << ", " << bits << " bits";
    }
  }
}

TEST(SecondOrderRounding, RoundsEveryGroupForItsOwnInputs) {
  const CorrelatedProblem problem(4, {.rows = 9, .columns = 6, .groups = 3});
  const RowScaleOptions scales{.grid = {.bits = 3}};

  const RoundedRows rows = round_second_order(
      problem.weights, problem.moments(), {.scales = scales});

  for (std::int64_t group = 0; group < 3; ++group) {
    MomentSum sum;
    sum.add(
        problem.quantized_inputs.narrow(0, group, 1),
        problem.float_inputs.narrow(0, group, 1));
    const RoundedRows alone = round_second_order(
        problem.weights.narrow(0, group * 3, 3),
        sum.moments(false),
        {.scales = scales});
    EXPECT_TRUE(tensor_near(
        rows.values().narrow(0, group * 3, 3), alone.values(), {1e-4, 1e-5}));
  }
}

TEST(SecondOrderRounding, KeepsWeightsThatAreOnTheGrid) {
  CorrelatedProblem problem(2);
  problem.quantized_inputs = problem.float_inputs;
  at::Tensor codes = at::randint(0, 8, problem.weights.sizes(), at::kFloat);
  codes.select(1, 0).fill_(0);
  codes.select(1, 1).fill_(7);
  problem.weights = (codes - 3) * 0.25;

  const RoundedRows rows = round_second_order(
      problem.weights, problem.moments(), {.scales = {.grid = {.bits = 3}}});

  EXPECT_TRUE(tensor_near(rows.values(), problem.weights, {1e-4, 1e-4}));
}

TEST(SecondOrderRounding, TakesScalesOfColumnGroups) {
  const CorrelatedProblem problem(3, {.columns = 10});
  const RowScaleOptions scales{.grid = {.bits = 3}, .group_size = 4};

  const RoundedRows rows = round_second_order(
      problem.weights, problem.moments(), {.scales = scales});

  EXPECT_EQ(rows.scales.sizes(), at::IntArrayRef({12, 3}));
  expect_on_grid(rows, scales.grid);
  EXPECT_LT(
      problem.error(rows),
      problem.error(round_to_nearest(problem.weights, scales)));
}

TEST(SecondOrderRounding, TakesOneScaleForTheWholeMatrix) {
  const CorrelatedProblem problem(3);
  const RowScaleOptions scales{.grid = {.bits = 4}, .per_tensor = true};

  const RoundedRows rows = round_second_order(
      problem.weights, problem.moments(), {.scales = scales});

  EXPECT_EQ(rows.scales.min().item<float>(), rows.scales.max().item<float>());
  EXPECT_EQ(
      rows.zero_points.min().item<float>(),
      rows.zero_points.max().item<float>());
  EXPECT_LT(
      problem.error(rows),
      problem.error(round_to_nearest(problem.weights, scales)));
}

TEST(SecondOrderRounding, TakesTheNearestIntegersWhereAllInputsAreZero) {
  CorrelatedProblem problem(5);
  problem.float_inputs.zero_();
  problem.quantized_inputs.zero_();
  const RowScaleOptions scales{.grid = {.bits = 3}};

  const RoundedRows rows = round_second_order(
      problem.weights, problem.moments(), {.scales = scales});

  EXPECT_TRUE(
      at::equal(rows.codes, round_to_nearest(problem.weights, scales).codes));
}

TEST(SecondOrderRounding, KeepsRowsOfZeros) {
  CorrelatedProblem problem(6);
  problem.weights[3].zero_();

  const RoundedRows rows = round_second_order(
      problem.weights, problem.moments(), {.scales = {.grid = {.bits = 2}}});

  EXPECT_EQ(rows.values()[3].abs().max().item<float>(), 0.0F);
}

TEST(SecondOrderRounding, NeedsFewerPositionsThanColumns) {
  const CorrelatedProblem problem(7, {.columns = 40, .positions = 9});
  const RowScaleOptions scales{.grid = {.bits = 3}};
  for (const double damping : {0.3, 0.01, 0.0}) {
    const RoundedRows rows = round_second_order(
        problem.weights,
        problem.moments(true),
        {.scales = scales, .damping = damping});

    expect_on_grid(rows, scales.grid);
    EXPECT_TRUE(at::isfinite(rows.values()).all().item<bool>());
  }
}

TEST(SecondOrderRounding, UnderstandsInputsThatHardlyVary) {
  at::manual_seed(8);
  CorrelatedProblem problem(8, {.positions = 4000});
  for (const double spread : {0.0, 1e-3}) {
    problem.float_inputs = 1000.1 + at::randn({1, 4000, 18}) * spread;
    problem.quantized_inputs = problem.float_inputs;

    const RoundedRows rows = round_second_order(
        problem.weights,
        problem.moments(true),
        {.scales = {.grid = {.bits = 4}}});

    EXPECT_TRUE(tensor_near(rows.target, problem.weights, {1e-3, 1e-3}));
  }
}

TEST(SecondOrderRounding, RefusesMomentsThatAreNotFinite) {
  const CorrelatedProblem problem(9);
  LayerMoments no_hessian = problem.moments();
  no_hessian.hessian[0][2][3] = std::nan("");
  LayerMoments no_cross = problem.moments();
  no_cross.cross[0][1][1] = INFINITY;
  for (const LayerMoments& moments : {no_hessian, no_cross}) {
    expect_error(ErrorCode::Degenerate, "NaN or infinite", [&] {
      static_cast<void>(round_second_order(
          problem.weights, moments, {.scales = {.grid = {.bits = 4}}}));
    });
  }
}

TEST(SecondOrderRounding, MatchedBiasMakesTheMeansOfOutputsEqual) {
  const CorrelatedProblem problem(10, {.rows = 8, .columns = 6, .groups = 2});
  const LayerMoments moments = problem.moments(true);
  const RoundedRows rows = round_second_order(
      problem.weights, moments, {.scales = {.grid = {.bits = 2}}});
  const at::Tensor bias = at::randn({8});

  const at::Tensor matched =
      matched_bias(bias, problem.weights, rows.values(), moments);

  const auto mean = [](const at::Tensor& weights, const at::Tensor& inputs) {
    return CorrelatedProblem::output(weights, inputs).mean(1).reshape({-1});
  };
  EXPECT_TRUE(tensor_near(
      mean(rows.values(), problem.quantized_inputs) + matched,
      mean(problem.weights, problem.float_inputs) + bias,
      {1e-5, 1e-5}));
}

}  // namespace
}  // namespace ompq
