// SPDX-License-Identifier: MIT
#include "ompq/core/duration.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

TEST(Duration, ReadsEveryUnit) {
  EXPECT_DOUBLE_EQ(parse_duration("12.5us"), 12.5e-6);
  EXPECT_DOUBLE_EQ(parse_duration("3 ms"), 3e-3);
  EXPECT_DOUBLE_EQ(parse_duration("40ns"), 40e-9);
  EXPECT_DOUBLE_EQ(parse_duration("1s"), 1.0);
}

TEST(Duration, RefusesWhatIsNoTime) {
  for (const char* text : {"", "5", "-1ms", "0us", "ms", "1 hour", "nan s"}) {
    expect_error(ErrorCode::InvalidArgument, "is not a time", [&] {
      static_cast<void>(parse_duration(text));
    });
  }
}

TEST(Duration, IsShownInTheLargestUnitThatFits) {
  EXPECT_EQ(format_duration(1.25e-3), "1.25 ms");
  EXPECT_EQ(format_duration(40e-6), "40 us");
  EXPECT_EQ(format_duration(2.0), "2 s");
  EXPECT_EQ(format_duration(1e-3), "1 ms");
  EXPECT_EQ(format_duration(5e-10), "0.5 ns");
}

TEST(Duration, ReadsWhatItShows) {
  for (const double seconds : {1.25e-3, 40e-6, 2.0, 7.5e-9}) {
    EXPECT_DOUBLE_EQ(parse_duration(format_duration(seconds)), seconds);
  }
}

}  // namespace
}  // namespace ompq
