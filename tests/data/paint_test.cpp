// SPDX-License-Identifier: MIT
#include "ompq/data/paint.h"

#include <gtest/gtest.h>

namespace ompq {
namespace {

TEST(Paint, StaysBetweenItsColours) {
  for (int pattern = 0; pattern <= 4; ++pattern) {
    const Paint paint = {
        .pattern = static_cast<Paint::Pattern>(pattern),
        .first = {10, 200, 0},
        .second = {60, 100, 255},
        .angle = 777,
        .period = 1100,
        .phase = 12345};
    for (std::int32_t y = 0; y < 32; ++y) {
      for (std::int32_t x = 0; x < 32; ++x) {
        const Color color = paint.at(x, y);
        EXPECT_TRUE(color[0] >= 10 && color[0] <= 60) << pattern;
        EXPECT_TRUE(color[1] >= 100 && color[1] <= 200) << pattern;
        EXPECT_TRUE(color[2] >= 0 && color[2] <= 255) << pattern;
      }
    }
  }
}

}  // namespace
}  // namespace ompq
