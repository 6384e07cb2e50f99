// SPDX-License-Identifier: MIT
#include "ompq/core/option_table.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {

enum class Shade { Light, Dark };

template <>
struct EnumNames<Shade> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"light"}, Shade::Light},
      std::pair{std::string_view{"dark"}, Shade::Dark}};
};

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Options {
  std::int64_t samples = 64;
  std::optional<double> beta;
  std::vector<double> mean;
  std::vector<std::string> pins;
  Shade shade = Shade::Light;
  bool quiet = false;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        samples,
        {.name = "samples",
         .help = "h",
         .unit = "images",
         .low = 1,
         .high = 9});
    visit(beta, {.name = "beta", .help = "h", .empty_means = "by the method"});
    visit(mean, {.name = "mean", .help = "h", .low = 0});
    visit(pins, {.name = "pin", .help = "h"});
    visit(shade, {.name = "shade", .help = "h"});
    visit(quiet, {.name = "quiet", .help = "h", .letter = "q"});
  }
};

class OptionTableTest : public ::testing::Test {
 protected:
  OptionTableTest() { options_.describe(table_); }

  void set(const std::string& name, const std::vector<std::string>& texts) {
    table_.find(name)->assign(texts);
  }

  std::string message_of(
      const std::string& name, const std::vector<std::string>& texts) {
    try {
      set(name, texts);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
      return error.what();
    }
    return "";
  }

  Options options_;
  OptionTable table_;
};

TEST_F(OptionTableTest, AssignsFieldsOfEveryType) {
  set("samples", {"7"});
  set("beta", {"0.5"});
  set("mean", {"0.1,0.2", "3"});
  set("pin", {"a,b=8", "c=4"});
  set("shade", {"dark"});
  set("quiet", {"true"});

  EXPECT_EQ(options_.samples, 7);
  EXPECT_EQ(options_.beta, 0.5);
  EXPECT_THAT(options_.mean, ElementsAre(0.1, 0.2, 3.0));
  EXPECT_THAT(options_.pins, ElementsAre("a,b=8", "c=4"));
  EXPECT_EQ(options_.shade, Shade::Dark);
  EXPECT_TRUE(options_.quiet);
}

TEST_F(OptionTableTest, KeepsWhatHelpNeeds) {
  const OptionRecord& samples = *table_.find("samples");
  EXPECT_EQ(samples.default_text, "64");
  EXPECT_EQ(samples.unit, "images");
  EXPECT_EQ(range_text(samples), "1 to 9");
  EXPECT_EQ(table_.find("beta")->default_text, "by the method");
  EXPECT_EQ(range_text(*table_.find("mean")), "at least 0");
  EXPECT_TRUE(table_.find("mean")->splits_commas);
  EXPECT_FALSE(table_.find("pin")->splits_commas);
  EXPECT_THAT(table_.find("shade")->choices, ElementsAre("light", "dark"));
  EXPECT_EQ(table_.find("shade")->default_text, "light");
  EXPECT_TRUE(table_.find("quiet")->is_switch);
  EXPECT_EQ(table_.find("nothing"), nullptr);
}

TEST_F(OptionTableTest, ReadsBackWhatItPrints) {
  set("samples", {"3"});
  EXPECT_EQ(table_.find("samples")->text(), "3");
  set("mean", {"0.25,1"});
  EXPECT_EQ(table_.find("mean")->text(), "0.25,1");
  EXPECT_EQ(table_.find("beta")->text(), "");
}

TEST_F(OptionTableTest, RejectsWhatIsOutOfRange) {
  EXPECT_THAT(message_of("samples", {"0"}), HasSubstr("from 1 to 9, got 0"));
  EXPECT_THAT(message_of("mean", {"1,-2"}), HasSubstr("at least 0, got -2"));
  EXPECT_EQ(options_.samples, 64);
}

TEST_F(OptionTableTest, RejectsWhatIsOfAnotherType) {
  for (const char* text : {"", "x", "1.5", "7x", "99999999999999999999"}) {
    EXPECT_THAT(message_of("samples", {text}), HasSubstr("integer")) << text;
  }
  for (const char* text : {"", "x", "nan", "inf", "1e999"}) {
    EXPECT_THAT(message_of("beta", {text}), HasSubstr("number")) << text;
  }
  EXPECT_THAT(message_of("quiet", {"maybe"}), HasSubstr("true or false"));
}

TEST_F(OptionTableTest, ListsTheNamesOfAnEnumWhenOneIsUnknown) {
  EXPECT_EQ(
      message_of("shade", {"grey"}), "expected one of light, dark; got 'grey'");
}

struct Toggles {
  bool keep = true;
  bool drop = false;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(keep, {.name = "keep", .help = "h", .takes_value = true});
    visit(drop, {.name = "drop", .help = "h"});
  }
};

TEST(OptionTable, GivesABoolThatIsOnByDefaultAValue) {
  Toggles toggles;
  OptionTable table;
  toggles.describe(table);
  const OptionRecord& keep = *table.find("keep");

  EXPECT_FALSE(keep.is_switch);
  EXPECT_TRUE(table.find("drop")->is_switch);
  EXPECT_EQ(keep.placeholder, "on|off");
  EXPECT_EQ(keep.default_text, "on");
  keep.assign({"off"});
  EXPECT_FALSE(toggles.keep);
  EXPECT_EQ(keep.text(), "off");
}

}  // namespace
}  // namespace ompq
