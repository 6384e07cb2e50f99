// SPDX-License-Identifier: MIT
#include "cli/command_line.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Options {
  std::filesystem::path model;
  double beta = 1.0;
  std::int64_t samples = 64;
  std::vector<std::string> pins;
  bool json = false;
  std::optional<std::filesystem::path> output;
};

class CommandLine : public ::testing::Test {
 protected:
  CommandLine() {
    table_(
        options_.model,
        {.name = "model",
         .help = "h",
         .placeholder = "MODEL",
         .is_positional = true,
         .is_required = true});
    table_(options_.beta, {.name = "beta", .help = "h"});
    table_(options_.samples, {.name = "samples", .help = "h", .low = 1});
    table_(options_.pins, {.name = "pin", .help = "h"});
    table_(options_.json, {.name = "json", .help = "h"});
    table_(options_.output, {.name = "output", .help = "h", .letter = "o"});
  }

  void read(
      const std::vector<std::string>& words,
      const std::vector<ConfigEntry>& config = {}) {
    const std::vector<std::string> known{"model", "beta", "other"};
    assign_options(table_, parse_words(table_, words), config, "search", known);
  }

  std::string message_of(
      const std::vector<std::string>& words,
      const std::vector<ConfigEntry>& config = {}) {
    try {
      read(words, config);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
      return error.what();
    }
    return "no error";
  }

  Options options_;
  OptionTable table_;
};

TEST_F(CommandLine, TakesFlagsAndArgumentsInAnyOrder) {
  read(
      {"--json",
       "--pin",
       "a=8",
       "net.onnx",
       "--pin=b=4",
       "-o",
       "p.json",
       "--beta",
       "-2.5"});

  EXPECT_EQ(options_.model, "net.onnx");
  EXPECT_THAT(options_.pins, ElementsAre("a=8", "b=4"));
  EXPECT_TRUE(options_.json);
  EXPECT_EQ(options_.output, "p.json");
  EXPECT_EQ(options_.beta, -2.5);
}

TEST_F(CommandLine, TakesWhatFollowsTwoDashesAsArguments) {
  read({"--", "-odd-name.onnx"});
  EXPECT_EQ(options_.model, "-odd-name.onnx");
}

TEST_F(CommandLine, SuggestsTheNearestFlag) {
  EXPECT_THAT(
      message_of({"net.onnx", "--sampels", "3"}),
      HasSubstr("unknown flag '--sampels'; did you mean '--samples'"));
}

TEST_F(CommandLine, SaysWhatIsMissing) {
  EXPECT_THAT(message_of({"--json"}), HasSubstr("MODEL is missing"));
  EXPECT_THAT(
      message_of({"net.onnx", "--beta"}), HasSubstr("--beta needs a value"));
}

TEST_F(CommandLine, RejectsWhatIsTooMuch) {
  EXPECT_THAT(
      message_of({"net.onnx", "more.onnx"}),
      HasSubstr("unexpected argument 'more.onnx'"));
  EXPECT_THAT(
      message_of({"net.onnx", "--beta", "1", "--beta", "2"}),
      HasSubstr("--beta is given 2 times"));
}

TEST_F(CommandLine, NamesTheFlagWhoseValueIsWrong) {
  EXPECT_THAT(
      message_of({"net.onnx", "--samples", "0"}),
      HasSubstr("--samples: expected a number of at least 1, got 0"));
}

TEST_F(CommandLine, LetsFlagsWinOverTheConfiguration) {
  read(
      {"net.onnx", "--beta", "3"},
      {{"", "beta", {"2"}}, {"search", "samples", {"32"}}});

  EXPECT_EQ(options_.beta, 3.0);
  EXPECT_EQ(options_.samples, 32);
}

TEST_F(CommandLine, TakesRequiredOptionsFromTheConfiguration) {
  read({}, {{"", "model", {"net.onnx"}}, {"", "pin", {"a=2", "b=3"}}});

  EXPECT_EQ(options_.model, "net.onnx");
  EXPECT_THAT(options_.pins, ElementsAre("a=2", "b=3"));
}

TEST_F(CommandLine, IgnoresSettingsOfOtherCommandsOnly) {
  read({"m"}, {{"eval", "whatever", {"1"}}, {"", "other", {"1"}}});

  EXPECT_THAT(
      message_of({"m"}, {{"", "betta", {"1"}}}),
      HasSubstr("betta: no such option; did you mean 'beta'"));
  EXPECT_THAT(
      message_of({"m"}, {{"", "beta", {"1", "2"}}}),
      HasSubstr("beta: expected one value, got 2"));
}

}  // namespace
}  // namespace ompq
