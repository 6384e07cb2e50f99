// SPDX-License-Identifier: MIT
#include "ompq/metrics/rank_correlation.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Numbers = std::vector<double>;

TEST(RankCorrelation, IsOneForTheSameOrder) {
  const RankCorrelation result = rank_correlation(
      Numbers{1.0, 2.0, 3.0, 4.0, 5.0}, Numbers{0.1, 0.2, 7.0, 8.0, 100.0});
  EXPECT_DOUBLE_EQ(result.spearman, 1.0);
  EXPECT_DOUBLE_EQ(result.kendall, 1.0);
  EXPECT_LE(result.spearman_low, 1.0);
  EXPECT_DOUBLE_EQ(result.spearman_high, 1.0);
}

TEST(RankCorrelation, IsMinusOneForTheOppositeOrder) {
  const RankCorrelation result =
      rank_correlation(Numbers{1.0, 2.0, 3.0}, Numbers{3.0, 2.0, 1.0});
  EXPECT_DOUBLE_EQ(result.spearman, -1.0);
  EXPECT_DOUBLE_EQ(result.kendall, -1.0);
}

TEST(RankCorrelation, CountsPairsAsByHand) {
  // Ranks 0 1 2 3 against 1 0 3 2: 4 concordant and 2 discordant pairs; sum of
  // squared differences 4, so 1 - 6 4 / (4 15) = 0.6.
  const RankCorrelation result = rank_correlation(
      Numbers{1.0, 2.0, 3.0, 4.0}, Numbers{20.0, 10.0, 40.0, 30.0});
  EXPECT_NEAR(result.spearman, 0.6, 1e-12);
  EXPECT_NEAR(result.kendall, 2.0 / 6.0, 1e-12);
}

TEST(RankCorrelation, SharesRanksOfEqualNumbers) {
  // Ranks 0.5 0.5 2 against 0 1 2; tau-b: 2 / sqrt(2 3).
  const RankCorrelation result =
      rank_correlation(Numbers{1.0, 1.0, 2.0}, Numbers{1.0, 2.0, 3.0});
  EXPECT_NEAR(result.spearman, std::sqrt(3.0) / 2.0, 1e-12);
  EXPECT_NEAR(result.kendall, 2.0 / std::sqrt(6.0), 1e-12);
}

TEST(RankCorrelation, IsNothingForConstants) {
  const RankCorrelation result =
      rank_correlation(Numbers{1.0, 1.0, 1.0}, Numbers{1.0, 2.0, 3.0});
  EXPECT_EQ(result.spearman, 0.0);
  EXPECT_EQ(result.kendall, 0.0);
}

TEST(RankCorrelation, HasAnIntervalThatHoldsTheTruth) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Numbers left;
  Numbers right;
  for (int i = 0; i < 200; ++i) {
    left.push_back(normal(random));
    right.push_back(left.back() + normal(random));
  }
  const RankCorrelation result = rank_correlation(left, right);
  // Pearson's is 1 / sqrt 2 here, Spearman's 6 / pi asin(Pearson's / 2).
  const double truth = 6.0 / M_PI * std::asin(std::sqrt(0.5) / 2.0);
  EXPECT_LT(result.spearman_low, truth);
  EXPECT_GT(result.spearman_high, truth);
  EXPECT_LT(result.spearman_high - result.spearman_low, 0.25);
  EXPECT_LE(result.spearman_low, result.spearman);
  EXPECT_GE(result.spearman_high, result.spearman);
  EXPECT_EQ(rank_correlation(left, right).spearman_low, result.spearman_low);
}

TEST(RankCorrelation, RefusesWhatHasNoOrder) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& [left, right] :
       {std::pair{Numbers{1.0}, Numbers{1.0}},
        std::pair{Numbers{1.0, 2.0}, Numbers{1.0, 2.0, 3.0}},
        std::pair{Numbers{1.0, nan}, Numbers{1.0, 2.0}}}) {
    expect_error(ErrorCode::InvalidArgument, "rank correlation", [&] {
      static_cast<void>(rank_correlation(left, right));
    });
  }
}

}  // namespace
}  // namespace ompq
