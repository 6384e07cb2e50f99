// SPDX-License-Identifier: MIT
#include "ompq/graph/equalization_scales.h"

#include <cmath>

#include <gtest/gtest.h>

namespace ompq {
namespace {

constexpr double kExact = 1e-12;

TEST(EqualizingScales, MakeBothRangesOfAChannelEqualUpToACommonFactor) {
  const ChannelRanges ranges{.layer = {1.0, 100.0}, .readers = {4.0, 1.0}};

  const auto scales = equalizing_scales(ranges, 1e6);

  const double first = ranges.layer[0] / scales[0] / (4.0 * scales[0]);
  const double second = ranges.layer[1] / scales[1] / (1.0 * scales[1]);
  EXPECT_NEAR(first, second, kExact);
  EXPECT_NEAR(scales[0] * scales[1], 1.0, kExact);
}

TEST(EqualizingScales, LeaveChannelsOfZerosAlone) {
  const auto scales = equalizing_scales(
      {.layer = {0.0, 2.0, 8.0, 0.0}, .readers = {1.0, 0.0, 2.0, 0.0}}, 1e6);

  EXPECT_EQ(scales, (std::vector<double>{1.0, 1.0, 1.0, 1.0}));
}

TEST(EqualizingScales, LeaveChannelsAloneThatAreNotFinite) {
  const double infinite = std::numeric_limits<double>::infinity();
  const auto scales = equalizing_scales(
      {.layer = {infinite, std::nan(""), 4.0}, .readers = {1.0, 1.0, infinite}},
      1e6);

  EXPECT_EQ(scales, (std::vector<double>{1.0, 1.0, 1.0}));
}

TEST(EqualizingScales, KeepFixedChannelsAndMeasureOthersByThem) {
  const auto scales = equalizing_scales(
      {.layer = {4.0, 16.0},
       .readers = {1.0, 1.0},
       .smallest = {},
       .is_fixed = {true, false}},
      1e6);

  EXPECT_EQ(scales[0], 1.0);
  EXPECT_NEAR(scales[1], 2.0, kExact);
}

TEST(EqualizingScales, StayWithinTheirLimits) {
  const auto scales = equalizing_scales(
      {.layer = {1e8, 1e-8, 1e-8},
       .readers = {1.0, 1.0, 1.0},
       .smallest = {0.0, 0.5, 0.0},
       .is_fixed = {}},
      10.0);

  EXPECT_NEAR(scales[0], 10.0, kExact);
  EXPECT_NEAR(scales[1], 0.5, kExact);
  EXPECT_NEAR(scales[2], 0.1, kExact);
}

TEST(RangeRatio, LooksAtPositiveRangesOnly) {
  EXPECT_EQ(range_ratio({0.0, 2.0, 8.0}), 4.0);
  EXPECT_EQ(range_ratio({0.0}), 1.0);
  EXPECT_EQ(range_ratio({}), 1.0);
}

}  // namespace
}  // namespace ompq
