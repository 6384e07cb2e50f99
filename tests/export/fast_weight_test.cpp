// SPDX-License-Identifier: MIT
#include "ompq/export/fast_weight.h"

#include <cmath>

#include <gtest/gtest.h>

namespace ompq::detail {
namespace {

/// Two channels of two weights each, by code - zero point.
QuantizedWeight weight_of(std::vector<std::int32_t> steps) {
  QuantizedWeight weight{
      .grid = {.bits = 10, .is_signed = false},
      .codes = std::move(steps),
      .shape = {2, 2},
      .scales = {0.5F, 0.25F},
      .zero_points = {300, 500}};
  for (std::size_t i = 0; i < weight.codes.size(); ++i) {
    weight.codes[i] += weight.zero_points[i / 2];
  }
  return weight;
}

using Codes = std::vector<std::int32_t>;

TEST(FastWeight, IsSignedWhereNoSumSaturates) {
  const auto fast = with_one_zero_point(weight_of({-64, 3, 0, 64}), 255);
  ASSERT_TRUE(fast.has_value());
  EXPECT_TRUE(fast->grid.is_signed);
  EXPECT_EQ(fast->codes, (Codes{-64, 3, 0, 64}));
  EXPECT_EQ(fast->zero_points, (Codes{0, 0}));
  EXPECT_EQ(fast->scales, (std::vector<float>{0.5F, 0.25F}));

  EXPECT_FALSE(
      with_one_zero_point(weight_of({-65, 3, 0, 1}), 255)->grid.is_signed);
  EXPECT_TRUE(
      with_one_zero_point(weight_of({-128, 3, 0, 127}), 127)->grid.is_signed);
}

TEST(FastWeight, IsUnsignedWithTheZeroPointThatHoldsAllChannels) {
  const auto zero_point = [](Codes steps) {
    const auto fast = with_one_zero_point(weight_of(std::move(steps)), 255);
    return fast ? fast->zero_points : Codes{};
  };
  EXPECT_EQ(zero_point({-128, 0, 0, 127}), (Codes{128, 128}));
  EXPECT_EQ(zero_point({-150, 0, 0, 105}), (Codes{150, 150}));
  EXPECT_EQ(zero_point({0, 1, 0, 200}), (Codes{55, 55}));
  EXPECT_EQ(zero_point({-128, 0, 0, 128}), Codes{});
  EXPECT_EQ(zero_point({256, 200, 250, 250}), Codes{});
}

TEST(FastWeight, KnowsNoGroups) {
  QuantizedWeight weight = weight_of({1, 2, 3, 4});
  weight.group_size = 1;
  weight.group_axis = 1;
  weight.scales.resize(4, 1.0F);
  weight.zero_points.resize(4, 0);
  EXPECT_FALSE(with_one_zero_point(weight, 255).has_value());
}

TEST(FastWeight, FitsScalesToBiasesThatOutweighTheWeights) {
  QuantizedWeight weight = weight_of({0, 0, 100, -8});
  std::ranges::fill(weight.zero_points, 0);
  weight.codes = {0, 0, 100, -8};
  const float smallest = std::ldexp(1.5F, -30);
  weight.scales = {0.5F, smallest / 4.0F};
  const std::vector<float> bias{0.75F, -0.75F};

  fit_scales_to_biases(weight, bias, 0.5F);

  EXPECT_EQ(
      weight.scales, (std::vector<float>{std::ldexp(1.5F, -20), smallest}));
  EXPECT_EQ(weight.codes, (Codes{0, 0, 25, -2}));
}

TEST(FastWeight, LeavesOtherScalesAlone) {
  QuantizedWeight weight = weight_of({0, 3, 1, 2});
  const QuantizedWeight before = weight;
  fit_scales_to_biases(weight, std::vector<float>{0.75F, -2.0F}, 0.5F);
  EXPECT_EQ(weight.scales, before.scales);
  EXPECT_EQ(weight.codes, before.codes);
}

}  // namespace
}  // namespace ompq::detail
