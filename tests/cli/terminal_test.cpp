// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <string>

#include <gtest/gtest.h>

namespace ompq {
namespace {

TEST(ShortenMiddle, KeepsWhatFits) {
  EXPECT_EQ(shorten_middle("conv1", 5), "conv1");
  EXPECT_EQ(shorten_middle("", 0), "");
}

TEST(ShortenMiddle, KeepsBothEnds) {
  EXPECT_EQ(shorten_middle("layer4.block2.conv1", 12), "layer..conv1");
}

TEST(ShortenMiddle, CountsCharactersNotBytes) {
  // Ten characters of two bytes each.
  std::string text;
  for (int i = 0; i < 10; ++i) {
    text += "\xC3\xA9";
  }
  EXPECT_EQ(display_width(text), 10);
  EXPECT_EQ(shorten_middle(text, 10), text);
  EXPECT_EQ(display_width(shorten_middle(text, 7)), 7);
}

TEST(Printable, ReplacesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("a\tb\x7f\x1b[31m"), "a?b??[31m");
  // An eight-bit control sequence introducer, well-formed and bare.
  EXPECT_EQ(
      printable("\xC2\x9B"
                "1m"),
      "?1m");
  EXPECT_EQ(
      printable("\x9B"
                "1m"),
      "?1m");
}

TEST(Printable, KeepsLetters) {
  EXPECT_EQ(printable("conv_\xC3\xBC/1"), "conv_\xC3\xBC/1");
}

}  // namespace
}  // namespace ompq
