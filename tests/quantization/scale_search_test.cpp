// SPDX-License-Identifier: MIT
#include "ompq/quantization/scale_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "brute_force_scales.h"

namespace ompq {
namespace {

using test::Distribution;

constexpr ScaleRule kAllRules[] = {
    ScaleRule::MinMax,
    ScaleRule::MeanSquare,
    ScaleRule::LpNorm,
    ScaleRule::Percentile,
    ScaleRule::Entropy};

Histogram histogram_of(const std::vector<float>& numbers) {
  Histogram histogram;
  histogram.add(numbers);
  return histogram;
}

/// Bins instead of numbers, and steps of the brute force: 2 %.
constexpr double kMargin = 1.02;

void expect_as_good_as_brute_force(
    const IntegerGrid& grid, const ScaleSearchOptions& options, int scales) {
  const double power =
      options.rule == ScaleRule::MeanSquare ? 2.0 : options.power;
  for (const Distribution distribution :
       {Distribution::Gaussian,
        Distribution::Laplacian,
        Distribution::Skewed,
        Distribution::Positive}) {
    const auto numbers = test::random_row(distribution, 3000, 11);
    const auto found = search_scale(histogram_of(numbers), grid, options);
    EXPECT_LT(
        test::plain_loss(numbers, {}, grid, found, power),
        kMargin * test::brute_force_loss(
                      numbers,
                      {},
                      grid,
                      power,
                      {.scales = scales, .is_symmetric = options.is_symmetric}))
        << static_cast<int>(distribution) << " at " << grid.bits << " bits";
  }
}

TEST(ScaleSearch, IsAsGoodAsBruteForce) {
  expect_as_good_as_brute_force({.bits = 1}, {}, 100);
  expect_as_good_as_brute_force({.bits = 2}, {}, 80);
  expect_as_good_as_brute_force({.bits = 4}, {}, 60);
  expect_as_good_as_brute_force(
      {.bits = 8, .is_signed = true}, {.rule = ScaleRule::MeanSquare}, 60);
}

TEST(ScaleSearch, IsAsGoodAsBruteForceForSquares) {
  expect_as_good_as_brute_force(
      {.bits = 3, .is_signed = true}, {.rule = ScaleRule::MeanSquare}, 100);
}

TEST(ScaleSearch, IsAsGoodAsBruteForceWhenSymmetric) {
  for (const bool is_signed : {false, true}) {
    for (const int bits : {2, 5, 8}) {
      expect_as_good_as_brute_force(
          {.bits = bits, .is_signed = is_signed}, {.is_symmetric = true}, 150);
    }
  }
}

TEST(ScaleSearch, KeepsTheWholeRangeAtSixteenBits) {
  const auto numbers = test::random_row(Distribution::Gaussian, 20'000, 1);
  const Histogram histogram = histogram_of(numbers);
  const IntegerGrid grid{.bits = 16};
  const auto widest =
      search_scale(histogram, grid, {.rule = ScaleRule::MinMax});
  for (const ScaleRule rule : kAllRules) {
    const auto found =
        search_scale(histogram, grid, {.rule = rule, .percentile = 100.0});
    EXPECT_LE(
        test::plain_loss(numbers, {}, grid, found, 2.4),
        1.02 * test::plain_loss(numbers, {}, grid, widest, 2.4))
        << static_cast<int>(rule);
  }
}

TEST(ScaleSearch, UsesEveryCodeForPositiveNumbers) {
  auto numbers = test::random_row(Distribution::Gaussian, 5000, 2);
  for (float& x : numbers) {
    x = std::max(x, 0.0F);
  }
  auto negative = numbers;
  for (float& x : negative) {
    x = -x;
  }
  for (const ScaleRule rule : kAllRules) {
    for (const int bits : {2, 4, 8}) {
      const ScaleSearchOptions options{.rule = rule};
      const IntegerGrid grid{.bits = bits};
      const Histogram positive_bins = histogram_of(numbers);
      const Histogram negative_bins = histogram_of(negative);
      EXPECT_EQ(search_scale(positive_bins, grid, options).zero_point, 0);
      EXPECT_EQ(
          search_scale(negative_bins, grid, options).zero_point,
          grid.highest());
      const IntegerGrid with_sign{.bits = bits, .is_signed = true};
      EXPECT_EQ(
          search_scale(positive_bins, with_sign, options).zero_point,
          with_sign.lowest());
    }
  }
}

TEST(ScaleSearch, RepresentsConstantsExactly) {
  for (const float value : {6.0F, -0.1F, 1e-20F, 3e38F}) {
    const Histogram histogram = histogram_of(std::vector<float>(10, value));
    for (const ScaleRule rule : kAllRules) {
      for (const int bits : {1, 2, 8, 16}) {
        for (const bool is_symmetric : {false, true}) {
          const IntegerGrid grid{.bits = bits, .is_signed = is_symmetric};
          if (is_symmetric && bits == 1) {
            continue;  // {-1, 0} has no positive numbers
          }
          const auto found = search_scale(
              histogram, grid, {.rule = rule, .is_symmetric = is_symmetric});
          EXPECT_EQ(
              test::requantized(value, grid, found),
              static_cast<double>(value));
        }
      }
    }
  }
}

TEST(ScaleSearch, IsOneForZeros) {
  const Histogram histogram = histogram_of(std::vector<float>(10, 0.0F));
  for (const ScaleRule rule : kAllRules) {
    EXPECT_EQ(
        search_scale(histogram, {}, {.rule = rule}),
        (AffineParameters{.scale = 1.0F, .zero_point = 0}));
  }
}

TEST(ScaleSearch, PutsSymmetricZeroPointsInTheMiddle) {
  const auto numbers = test::random_row(Distribution::Skewed, 1000, 3);
  const Histogram histogram = histogram_of(numbers);
  for (const ScaleRule rule : kAllRules) {
    const ScaleSearchOptions options{.rule = rule, .is_symmetric = true};
    EXPECT_EQ(
        search_scale(histogram, {.bits = 8, .is_signed = true}, options)
            .zero_point,
        0);
    EXPECT_EQ(search_scale(histogram, {.bits = 8}, options).zero_point, 128);
  }
}

TEST(ScaleSearch, KeepsThePercentile) {
  const auto numbers = test::random_row(Distribution::Skewed, 50'000, 4);
  const Histogram histogram = histogram_of(numbers);
  for (const bool is_symmetric : {false, true}) {
    for (const double percentile : {90.0, 99.0, 99.9, 100.0}) {
      const IntegerGrid grid{.bits = 8, .is_signed = is_symmetric};
      const auto found = search_scale(
          histogram,
          grid,
          {.rule = ScaleRule::Percentile,
           .percentile = percentile,
           .is_symmetric = is_symmetric});
      const auto scale = static_cast<double>(found.scale);
      const double low = (grid.lowest() - found.zero_point) * scale;
      const double high = (grid.highest() - found.zero_point) * scale;
      const auto inside = static_cast<double>(
          std::count_if(numbers.begin(), numbers.end(), [&](float number) {
            const auto x = static_cast<double>(number);
            return x >= low * 1.000001 && x <= high * 1.000001;
          }));
      const double share = 100.0 * inside / 50'000.0;
      // A number stands for 0.002 per cent.
      EXPECT_GE(share, percentile - 0.01) << percentile;
      // Symmetric grids reach one step farther below 0.
      EXPECT_LE(share, percentile + (is_symmetric ? 0.6 : 0.3)) << percentile;
    }
  }
}

TEST(ScaleSearch, IgnoresHowManyZerosThereAre) {
  auto numbers = test::random_row(Distribution::Positive, 20'000, 7);
  const auto without = histogram_of(numbers);
  numbers.resize(60'000, 0.0F);
  const auto with = histogram_of(numbers);
  for (const ScaleRule rule :
       {ScaleRule::MeanSquare, ScaleRule::LpNorm, ScaleRule::Entropy}) {
    const auto a = search_scale(without, {.bits = 4}, {.rule = rule});
    const auto b = search_scale(with, {.bits = 4}, {.rule = rule});
    EXPECT_NEAR(a.scale / b.scale, 1.0F, 0.02F);
  }
}

TEST(ScaleSearch, RefusesAnEmptyHistogram) {
  try {
    static_cast<void>(search_scale(Histogram(), {}));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidData);
  }
}

}  // namespace
}  // namespace ompq
