// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/quantization/scale_search.h"

#include "brute_force_scales.h"

namespace ompq {
namespace {

using test::Distribution;

struct Case {
  Distribution distribution;
  std::int64_t size;
};

const std::vector<Case> kCases{
    {Distribution::Gaussian, 9},
    {Distribution::Gaussian, 300},
    {Distribution::Laplacian, 64},
    {Distribution::Laplacian, 1280},
    {Distribution::Skewed, 27},
    {Distribution::Skewed, 200},
    {Distribution::Positive, 100}};

/// Largest ratio of our loss and the least one found by brute force.
double worst_ratio(
    const IntegerGrid& grid, const ScaleSearchOptions& options, int scales) {
  const double power =
      options.rule == ScaleRule::MeanSquare ? 2.0 : options.power;
  double worst = 0.0;
  for (const Case& each : kCases) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const auto row = test::random_row(each.distribution, each.size, seed);
      const auto found = search_row_scales(row, each.size, grid, options);
      const double loss = test::plain_loss(row, {}, grid, found.front(), power);
      const double best = test::brute_force_loss(
          row,
          {},
          grid,
          power,
          {.scales = scales, .is_symmetric = options.is_symmetric});
      worst = std::max(worst, loss / best);
    }
  }
  return worst;
}

/// Share by which the best grid of a brute-force search may be better.
constexpr double kMargin = 1.01;

const std::vector<IntegerGrid> kGrids{
    {.bits = 2}, {.bits = 3}, {.bits = 4}, {.bits = 5}, {.bits = 8}};

TEST(RowScales, OfSeveralGridsAreThoseOfEach) {
  const auto rows = test::random_row(Distribution::Laplacian, 5 * 70, 4);
  for (const ScaleDensity density : {ScaleDensity::Fine, ScaleDensity::Rough}) {
    const ScaleSearchOptions options{.density = density};
    const auto found = search_row_scales(rows, 70, kGrids, options);
    ASSERT_EQ(found.size(), kGrids.size());
    for (std::size_t i = 0; i < kGrids.size(); ++i) {
      EXPECT_EQ(found[i], search_row_scales(rows, 70, kGrids[i], options));
    }
  }
}

TEST(RoughRowScales, AreWithinAFewPerCentOfTheBestOnAverage) {
  for (const auto& [distribution, size] : kCases) {
    // Few numbers nearly all lie on some grid of many steps.
    const std::size_t grids = size < 60 ? 3 : kGrids.size();
    for (std::size_t i = 0; i < grids; ++i) {
      double ratio = 0.0;
      constexpr int kRows = 16;
      for (std::uint64_t seed = 0; seed < kRows; ++seed) {
        const auto row = test::random_row(distribution, size, seed);
        const auto loss = [&](ScaleDensity density) {
          const ScaleSearchOptions options{.density = density};
          return test::plain_loss(
              row,
              {},
              kGrids[i],
              search_row_scales(row, size, kGrids[i], options).front(),
              options.power);
        };
        ratio += loss(ScaleDensity::Rough) / loss(ScaleDensity::Fine) / kRows;
      }
      EXPECT_GT(ratio, 0.99) << size << " numbers, bits " << kGrids[i].bits;
      EXPECT_LT(ratio, 1.15) << size << " numbers, bits " << kGrids[i].bits;
    }
  }
}

TEST(RoughRowScales, HoldOutliersOfLongRows) {
  auto row = test::random_row(Distribution::Gaussian, 5000, 8);
  row[1234] = 40.0F;
  const IntegerGrid grid{.bits = 8};
  const AffineParameters found =
      search_row_scales(row, 5000, grid, {.density = ScaleDensity::Rough})
          .front();
  const AffineParameters fine = search_row_scales(row, 5000, grid).front();
  EXPECT_NEAR(found.scale / fine.scale, 1.0, 0.25);
}

TEST(RowScales, AreAsGoodAsBruteForceAtTwoBits) {
  EXPECT_LT(worst_ratio({.bits = 2}, {}, 400), kMargin);
}
TEST(RowScales, AreAsGoodAsBruteForceAtThreeBits) {
  EXPECT_LT(worst_ratio({.bits = 3}, {}, 400), kMargin);
}
TEST(RowScales, AreAsGoodAsBruteForceAtFourBits) {
  EXPECT_LT(worst_ratio({.bits = 4}, {}, 300), kMargin);
}
TEST(RowScales, AreAsGoodAsBruteForceAtEightBits) {
  EXPECT_LT(
      worst_ratio({.bits = 8}, {.rule = ScaleRule::MeanSquare}, 120), kMargin);
}
TEST(RowScales, AreAsGoodAsBruteForceForSquares) {
  EXPECT_LT(
      worst_ratio({.bits = 3}, {.rule = ScaleRule::MeanSquare}, 400), kMargin);
}
TEST(RowScales, AreAsGoodAsBruteForceWhenSymmetric) {
  EXPECT_LT(
      worst_ratio({.bits = 4, .is_signed = true}, {.is_symmetric = true}, 2000),
      kMargin);
}
TEST(RowScales, AreAsGoodAsBruteForceAtOneBit) {
  EXPECT_LT(worst_ratio({.bits = 1}, {}, 1000), kMargin);
}

TEST(RowScales, FindTheGridOfNumbersThatHaveOne) {
  const IntegerGrid grid{.bits = 4};
  for (const int levels : {3, 7, 10, 16}) {
    std::vector<float> row(100);
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = 0.017F * static_cast<float>(static_cast<int>(i) % levels - 2);
    }
    for (const ScaleRule rule : {ScaleRule::MeanSquare, ScaleRule::LpNorm}) {
      const auto found = search_row_scales(row, 100, grid, {.rule = rule});
      const double loss = test::plain_loss(row, {}, grid, found.front(), 1.0);
      EXPECT_LT(loss, 1e-5) << levels << " levels";
    }
  }
}

TEST(RowScales, DoNotDependOnTheOtherRows) {
  // Many rows are shared among threads, a single one is not.
  const auto rows = test::random_row(Distribution::Laplacian, 50 * 40, 6);
  const auto importance = test::random_row(Distribution::Positive, 50 * 40, 7);
  const IntegerGrid grid{.bits = 3};
  const auto together = search_row_scales(rows, 40, grid, {}, importance);
  for (std::size_t row = 0; row < 50; ++row) {
    const auto alone = search_row_scales(
        std::span(rows).subspan(row * 40, 40),
        40,
        grid,
        {},
        std::span(importance).subspan(row * 40, 40));
    EXPECT_EQ(alone.front(), together[row]) << row;
  }
}

TEST(RowScales, WeighErrorsByImportance) {
  const auto row = test::random_row(Distribution::Laplacian, 200, 5);
  std::vector<float> importance(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    importance[i] = static_cast<float>(i % 7) * std::abs(row[i]);
  }
  const IntegerGrid grid{.bits = 3};

  const auto found = search_row_scales(row, 200, grid, {}, importance);

  const double loss =
      test::plain_loss(row, importance, grid, found.front(), 2.4);
  EXPECT_LT(
      loss, kMargin * test::brute_force_loss(row, importance, grid, 2.4, {}));
  const auto unweighted = search_row_scales(row, 200, grid);
  EXPECT_LT(
      loss, test::plain_loss(row, importance, grid, unweighted.front(), 2.4));
}

TEST(RowScales, RepresentConstantRowsExactly) {
  for (const float value : {0.3F, -7.7F, 1e-30F, 3e38F, -3e38F}) {
    for (const bool is_signed : {false, true}) {
      for (const int bits : {1, 2, 3, 4, 8, 16}) {
        const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
        const std::vector<float> row(5, value);
        const auto found = search_row_scales(row, 5, grid);
        EXPECT_EQ(
            test::requantized(value, grid, found.front()),
            static_cast<double>(value))
            << value << " at " << bits << " bits";
      }
    }
  }
}

TEST(RowScales, AreOneForZeros) {
  const std::vector<float> rows{0.0F, -0.0F, 1.0F, 0.0F, 1e-40F, 0.0F};
  for (const ScaleRule rule :
       {ScaleRule::MinMax, ScaleRule::LpNorm, ScaleRule::Percentile}) {
    const auto found = search_row_scales(rows, 2, {.bits = 4}, {.rule = rule});
    EXPECT_EQ(found.at(0), (AffineParameters{.scale = 1.0F}));
    EXPECT_EQ(found.at(2), (AffineParameters{.scale = 1.0F}));
    EXPECT_GT(found.at(1).scale, 0.0F);
  }
}

TEST(RowScales, HoldEveryNumberByMinMax) {
  const IntegerGrid grid{.bits = 3};
  const auto row = test::random_row(Distribution::Skewed, 50, 3);
  const auto found =
      search_row_scales(row, 50, grid, {.rule = ScaleRule::MinMax}).front();
  for (const float x : row) {
    EXPECT_LE(
        std::abs(static_cast<double>(x) - test::requantized(x, grid, found)),
        0.5001 * static_cast<double>(found.scale));
  }
}

ErrorCode code_of(
    const std::vector<float>& weights,
    std::int64_t columns,
    const IntegerGrid& grid = {},
    const ScaleSearchOptions& options = {},
    const std::vector<float>& importance = {}) {
  try {
    static_cast<void>(
        search_row_scales(weights, columns, grid, options, importance));
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::Internal;
}

TEST(RowScales, NameTheWeightThatIsNoNumber) {
  std::vector<float> weights(12, 1.0F);
  weights[7] = std::numeric_limits<float>::quiet_NaN();
  try {
    static_cast<void>(search_row_scales(weights, 4, IntegerGrid{}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidData);
    EXPECT_NE(
        std::string(error.what()).find("row 1, column 3"), std::string::npos);
  }
}

TEST(RowScales, RefuseWrongArguments) {
  const std::vector<float> weights(12, 1.0F);
  EXPECT_EQ(code_of(weights, 5), ErrorCode::ShapeMismatch);
  EXPECT_EQ(code_of(weights, 0), ErrorCode::ShapeMismatch);
  EXPECT_EQ(code_of(weights, 4, {.bits = 17}), ErrorCode::InvalidArgument);
  EXPECT_EQ(code_of(weights, 4, {.bits = 0}), ErrorCode::InvalidArgument);
  EXPECT_EQ(
      code_of(weights, 4, {}, {.power = 0.0}), ErrorCode::InvalidArgument);
  EXPECT_EQ(
      code_of(weights, 4, {}, {.percentile = 0.0}), ErrorCode::InvalidArgument);
  EXPECT_EQ(
      code_of(weights, 4, {}, {}, {1.0F, 2.0F}), ErrorCode::ShapeMismatch);
  EXPECT_EQ(
      code_of(weights, 4, {}, {}, {1.0F, 2.0F, -1.0F, 0.0F}),
      ErrorCode::InvalidData);
}

}  // namespace
}  // namespace ompq
