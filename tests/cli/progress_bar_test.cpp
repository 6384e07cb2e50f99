// SPDX-License-Identifier: MIT
#include "cli/progress_bar.h"

#include <gtest/gtest.h>

#include "cli/terminal.h"

namespace ompq {
namespace {

TEST(FormatDuration, ChoosesTheUnit) {
  EXPECT_EQ(format_duration(0.034), "0.03 s");
  EXPECT_EQ(format_duration(1.26), "1.3 s");
  EXPECT_EQ(format_duration(59.4), "59 s");
  EXPECT_EQ(format_duration(59.6), "1 min 00 s");
  EXPECT_EQ(format_duration(185), "3 min 05 s");
  EXPECT_EQ(format_duration(7800), "2 h 10 min");
}

TEST(ProgressLine, ShowsShareAndTimeLeft) {
  EXPECT_EQ(
      progress_line(
          {.stage = "images", .done = 16, .total = 64, .elapsed_s = 5.0}, 46),
      "images [#####...............]  25 %  15 s left");
}

TEST(ProgressLine, FitsAnyWidth) {
  for (std::int64_t width = 1; width < 120; ++width) {
    for (const std::int64_t done : {0, 1, 50, 100, 150}) {
      const std::string line = progress_line(
          {.stage = "decode and measure",
           .done = done,
           .total = 100,
           .elapsed_s = 100.0},
          width);
      EXPECT_LE(display_width(line), std::max<std::int64_t>(width, 2));
    }
  }
}

TEST(ProgressLine, ShowsTheTimeWhereTheTotalIsUnknown) {
  EXPECT_EQ(
      progress_line({.stage = "solve", .elapsed_s = 2.0}, 80), "solve  2.0 s");
}

}  // namespace
}  // namespace ompq
