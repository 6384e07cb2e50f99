// SPDX-License-Identifier: MIT
#include "ompq/pipeline/budget_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using ::testing::ElementsAre;

std::vector<int> widths(std::string_view text) {
  return OptionText<WidthChoices>::parse(text).widths;
}

TEST(WidthChoicesText, ReadsRangesAndLists) {
  EXPECT_THAT(widths("2-4"), ElementsAre(2, 3, 4));
  EXPECT_THAT(widths("8,2,4,2"), ElementsAre(2, 4, 8));
  EXPECT_THAT(widths("2-3,8"), ElementsAre(2, 3, 8));
  EXPECT_THAT(widths("4"), ElementsAre(4));
}

TEST(WidthChoicesText, PrintsWhatItReads) {
  for (const char* text : {"2-8", "2,4,8", "3"}) {
    EXPECT_EQ(
        OptionText<WidthChoices>::print(OptionText<WidthChoices>::parse(text)),
        text);
  }
}

TEST(WidthChoicesText, RejectsWhatIsNoWidth) {
  for (const char* text :
       {"", "1", "9", "4-2", "2-", "-4", "2,,4", "a", "2.5", "2-9"}) {
    EXPECT_THROW(static_cast<void>(widths(text)), Error) << text;
  }
}

TEST(ActivationWidthsText, KnowsFloat) {
  using Text = OptionText<ActivationWidths>;
  EXPECT_TRUE(Text::parse("float").choices.widths.empty());
  EXPECT_THAT(Text::parse("8").choices.widths, ElementsAre(8));
  EXPECT_EQ(Text::print(Text::parse("float")), "float");
  EXPECT_EQ(Text::print(Text::parse("4,8")), "4,8");
}

TEST(BitOperationCountText, KnowsPrefixes) {
  using Text = OptionText<BitOperationCount>;
  EXPECT_EQ(Text::parse("40G").count, 40e9);
  EXPECT_EQ(Text::parse("1.5k").count, 1500.0);
  EXPECT_EQ(Text::parse("3000000").count, 3e6);
  EXPECT_EQ(Text::parse(Text::print({12345678.0})).count, 12345678.0);
  for (const char* text : {"", "G", "40X", "-4G", "0", "4GG"}) {
    EXPECT_THROW(static_cast<void>(Text::parse(text)), Error) << text;
  }
}

TEST(EndWidthText, KnowsFree) {
  using Text = OptionText<EndWidth>;
  EXPECT_FALSE(Text::parse("free").bits.has_value());
  EXPECT_EQ(Text::parse("8").bits, 8);
  EXPECT_THROW(static_cast<void>(Text::parse("1")), Error);
}

TEST(PinnedLayerText, SplitsAtTheLastSign) {
  const auto pinned = OptionText<PinnedLayer>::parse("block=1/conv=4");
  EXPECT_EQ(pinned.layer, "block=1/conv");
  EXPECT_EQ(pinned.bits, 4);
  for (const char* text : {"", "conv", "=4", "conv=", "conv=x", "conv=99"}) {
    EXPECT_THROW(static_cast<void>(OptionText<PinnedLayer>::parse(text)), Error)
        << text;
  }
}

}  // namespace
}  // namespace ompq
