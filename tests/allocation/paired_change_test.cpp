// SPDX-License-Identifier: MIT
#include "ompq/allocation/paired_change.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace ompq {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

PairedChange change(
    const std::vector<double>& before, const std::vector<double>& after) {
  return paired_change(before, after);
}

TEST(PairedChange, IsTheMeanOfTheDifferencesAndItsStandardError) {
  // Differences -1, 1, 0, 4: mean 1, squares 4 + 0 + 1 + 9 = 14.
  const PairedChange actual = change({5, 5, 7, 0}, {4, 6, 7, 4});
  EXPECT_DOUBLE_EQ(actual.mean, 1.0);
  EXPECT_DOUBLE_EQ(actual.standard_error, std::sqrt(14.0 / 4.0 / 3.0));
  EXPECT_DOUBLE_EQ(actual.feared(), 1.0 + 2.0 * std::sqrt(14.0 / 12.0));
}

TEST(PairedChange, DoesNotSeeWhatAllSamplesShare) {
  EXPECT_EQ(change({1, 100, 10}, {0.5, 99.5, 9.5}).feared(), -0.5);
}

TEST(PairedChange, TrustsASingleSample) {
  EXPECT_EQ(change({3}, {2}).feared(), -1.0);
}

TEST(PairedChange, IsInfiniteWhereALossIsNotFinite) {
  EXPECT_EQ(change({1, 2}, {1, std::nan("")}).feared(), kInfinity);
  EXPECT_EQ(change({1, kInfinity}, {1, 2}).feared(), -kInfinity);
  EXPECT_EQ(change({1, kInfinity}, {kInfinity, 2}).feared(), kInfinity);
}

}  // namespace
}  // namespace ompq
