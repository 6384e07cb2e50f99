// SPDX-License-Identifier: MIT
// Budgets of latency and memory, and what more of a budget would bring,
// through the program.
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"

#include "tests/cli/search_fixture.h"

namespace ompq {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SearchBudgets : public SearchCommand {
 protected:
  /// A table of all widths: a layer takes so many microseconds a bit.
  std::string table(const std::string& more = "") {
    std::ofstream stream(file("times.csv"));
    stream << "layer,weight_bits,activation_bits,time\n" << more;
    for (int bits = 2; bits <= 8; ++bits) {
      stream << "Conv," << bits << ",any," << 10 * bits << "us\n"
             << "Gemm," << bits << ",any," << bits << "us\n";
    }
    return file("times.csv");
  }

  Json plan_of(const std::vector<std::string>& more) {
    std::vector<std::string> flags{"--calib", images(), "--json", "--quiet"};
    flags.insert(flags.end(), more.begin(), more.end());
    const ProgramResult result = ompq("search", flags);
    EXPECT_EQ(result.status, 0) << result.error;
    return Json::parse(result.output);
  }
};

TEST_F(SearchBudgets, KeepATimeByATable) {
  const Json plan = plan_of(
      {"--latency",
       "170us",
       "--latency-table",
       table(),
       "--first-last",
       "free"});

  int microseconds = 0;
  for (const Json& layer : plan["layers"]) {
    const int bits = layer["weight_bits"].get<int>();
    microseconds += layer["kind"] == "Conv" ? 10 * bits : bits;
  }
  EXPECT_LE(microseconds, 170);
  EXPECT_GE(microseconds, 160);
  EXPECT_EQ(plan["budgets"][0]["kind"], "latency");
  EXPECT_NEAR(
      plan["budgets"][0]["used"].get<double>(), 1e-6 * microseconds, 1e-12);
}

TEST_F(SearchBudgets, CombineTimeAndSize) {
  const Json plan = plan_of(
      {"--latency", "200us", "--latency-table", table(), "--avg-bits", "5"});
  ASSERT_EQ(plan["budgets"].size(), 2U);
  for (const Json& budget : plan["budgets"]) {
    EXPECT_LE(
        budget["used"].get<double>(),
        budget["limit"].get<double>() * (1.0 + 1e-12));
  }
}

TEST_F(SearchBudgets, NeedATableForATime) {
  const ProgramResult result =
      ompq("search", {"--calib", images(), "--latency", "1ms"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("--latency-table"));
}

TEST_F(SearchBudgets, SayWhereATableIsWrong) {
  const auto error_with = [&](const std::string& line) {
    const ProgramResult result = ompq(
        "search",
        {"--calib",
         images(),
         "--latency",
         "1ms",
         "--latency-table",
         table(line + "\n")});
    EXPECT_EQ(result.status, 3) << line;
    return result.error;
  };
  EXPECT_THAT(error_with("conv1,2,any,-3us"), HasSubstr("times.csv:2:13: "));
  EXPECT_THAT(
      error_with("convl,2,any,3us"),
      AllOf(HasSubstr("times.csv:2:1: "), HasSubstr("conv1")));
}

TEST_F(SearchBudgets, NameTheSmallestSetThatContradictsItself) {
  const ProgramResult result = ompq(
      "search",
      {"--calib",
       images(),
       "--latency",
       "10us",
       "--latency-table",
       table(),
       "--avg-bits",
       "8"});
  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(
      result.error,
      AllOf(HasSubstr("latency"), HasSubstr("smallest feasible")));
}

TEST_F(SearchBudgets, KeepThePeakOfTheActivations) {
  const auto used_with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> flags{"--avg-bits", "6"};
    flags.insert(flags.end(), more.begin(), more.end());
    return plan_of(flags);
  };
  // conv3: 8 channels in, 16 out, 64 positions; what it makes stays in float
  // where nothing reads it in integers.
  const Json wide =
      used_with({"--act-bits", "4-8", "--activation-memory", "100MiB"});
  const double peak = wide["budgets"][1]["used"].get<double>();
  const double limit = 0.9 * peak;

  const Json tight = used_with(
      {"--act-bits",
       "4-8",
       "--activation-memory",
       std::to_string(static_cast<int>(limit)) + "B"});

  EXPECT_LE(tight["budgets"][1]["used"].get<double>(), limit);
  int before = 0;
  int after = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    before += wide["layers"][i]["activation_bits"].get<int>();
    after += tight["layers"][i]["activation_bits"].get<int>();
    EXPECT_EQ(wide["layers"][i]["activation_error_per_width"].size(), 5U);
  }
  EXPECT_EQ(before, 32);
  EXPECT_LT(after, before);
}

TEST_F(SearchBudgets, CountWeightsAndActivationsTogether) {
  const Json plan = plan_of({"--act-bits", "8", "--total-memory", "9kB"});
  EXPECT_EQ(plan["budgets"][0]["kind"], "total_memory");
  EXPECT_LE(plan["budgets"][0]["used"].get<double>(), 9000.0);
  EXPECT_GT(
      plan["budgets"][0]["used"].get<double>(),
      plan["totals"]["payload_bits"].get<double>() / 8.0);
}

TEST_F(SearchBudgets, SayWhatOnePercentMoreWouldBring) {
  const Json plan = plan_of({"--avg-bits", "4.05", "--first-last", "free"});
  const Json& more = plan["budgets"][0]["one_percent_more"];
  EXPECT_GE(more["gain"].get<double>(), 0.0);
  const Json larger = plan_of({"--avg-bits", "4.0905", "--first-last", "free"});
  EXPECT_NEAR(
      larger["solver"]["objective"].get<double>() -
          plan["solver"]["objective"].get<double>(),
      more["gain"].get<double>(),
      1e-9);
  for (const Json& step : more["steps"]) {
    EXPECT_NE(step["from"], step["to"]);
  }
}

TEST_F(SearchBudgets, AreReusedFromAPlan) {
  static_cast<void>(plan_of(
      {"--avg-bits", "6", "--act-bits", "4-8", "-o", file("plan.json")}));
  const ProgramResult again = ompq(
      "search",
      {"--reuse",
       file("plan.json"),
       "--avg-bits",
       "5",
       "--act-bits",
       "4-8",
       "--activation-memory",
       "100MiB",
       "--json"});
  EXPECT_EQ(again.status, 0) << again.error;

  const ProgramResult unknown = ompq(
      "search",
      {"--reuse", file("plan.json"), "--avg-bits", "5", "--act-bits", "2-8"});
  EXPECT_EQ(unknown.status, 3);
  EXPECT_THAT(unknown.error, HasSubstr("--act-bits"));
}

}  // namespace
}  // namespace ompq
