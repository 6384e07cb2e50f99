// SPDX-License-Identifier: MIT
#include "ompq/data/shape_outline.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace ompq {
namespace {

TEST(FixedSine, IsWithinAFiveHundredthOfTheSine) {
  for (std::int32_t angle = -2 * kTurn; angle <= 2 * kTurn; ++angle) {
    const double exact = std::sin(2 * std::numbers::pi * angle / kTurn);
    ASSERT_NEAR(fixed_sine(angle), exact * kUnit, 0.002 * kUnit) << angle;
  }
}

TEST(DrawShape, StaysWithinReachOfTheUnitCircle) {
  RandomStream random(3);
  for (std::int32_t shape = 0;
       shape <= static_cast<std::int32_t>(Shape2d::Blob);
       ++shape) {
    const Outline outline = draw_shape(static_cast<Shape2d>(shape), random);
    for (const auto& contour : outline) {
      ASSERT_GE(contour.size(), 3U);
      for (const FixedPoint& point : contour) {
        EXPECT_LE(std::hypot(point.x, point.y), 1.5 * kUnit) << shape;
      }
    }
  }
}

TEST(Place, TurnsMovesAndScales) {
  const Outline point = {{{kUnit, 0}}};

  const Outline placed =
      place(point, {.center = {2560, 1280}, .radius = 512, .angle = kTurn / 4});

  EXPECT_NEAR(placed[0][0].x, 2560, 1);
  EXPECT_NEAR(placed[0][0].y, 1280 + 512, 1);
}

}  // namespace
}  // namespace ompq
