// SPDX-License-Identifier: MIT
#include "ompq/core/units.h"

#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

TEST(ParseBytes, ReadsBinaryAndDecimalUnits) {
  EXPECT_EQ(parse_bytes("1.5MiB").count, 1572864);
  EXPECT_EQ(parse_bytes("1.3 MB").count, 1300000);
  EXPECT_EQ(parse_bytes("64kib").count, 65536);
  EXPECT_EQ(parse_bytes("812").count, 812);
}

TEST(ParseBytes, RejectsWhatIsNoSize) {
  for (const char* text : {"", "abc", "-1MB", "0", "1.5 parsecs", "nan"}) {
    EXPECT_THROW(static_cast<void>(parse_bytes(text)), Error) << text;
  }
}

TEST(FormatBytes, KeepsThreeDigits) {
  EXPECT_EQ(format_bytes(Bytes{812}), "812 B");
  EXPECT_EQ(format_bytes(Bytes{1572864}), "1.50 MiB");
  EXPECT_EQ(format_bytes(Bytes{1048575}), "1.00 MiB");
}

TEST(FormatCount, SeparatesThousands) {
  EXPECT_EQ(format_count(3469760), "3,469,760");
  EXPECT_EQ(format_count(-1234), "-1,234");
  EXPECT_EQ(format_count(999), "999");
}

}  // namespace
}  // namespace ompq
