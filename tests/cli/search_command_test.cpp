// SPDX-License-Identifier: MIT
// `ompq search` and `ompq eval` through the program, on a tiny network.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/graph/onnx_file.h"

#include "tests/cli/search_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

TEST_F(SearchCommand, WritesThePlanItPrints) {
  const ProgramResult result = ompq(
      "search",
      {"--calib", images(), "--avg-bits", "4", "--json", "-o", file("p.json")});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, read_text(file("p.json")));
  const Json plan = Json::parse(result.output);
  ASSERT_EQ(plan["layers"].size(), 4U);
  double bits = 0.0;
  double weights = 0.0;
  for (const Json& layer : plan["layers"]) {
    bits += layer["weight_bits"].get<double>() * layer["weights"].get<double>();
    weights += layer["weights"].get<double>();
  }
  EXPECT_LE(bits / weights, 4.0);
  EXPECT_EQ(plan["layers"][0]["weight_bits"], 8);
  EXPECT_EQ(plan["layers"][3]["weight_bits"], 8);
  EXPECT_EQ(plan["solver"]["status"], "optimal");
}

TEST_F(SearchCommand, KeepsBitOperationsBesideOtherBudgets) {
  const auto plan_of = [&](const std::vector<std::string>& more) {
    std::vector<std::string> flags{
        "--score", "size", "--act-bits", "8", "--json", "--avg-bits", "7"};
    flags.insert(flags.end(), more.begin(), more.end());
    const ProgramResult result = ompq("search", flags);
    EXPECT_EQ(result.status, 0) << result.error;
    return Json::parse(result.output);
  };
  const double all = plan_of({})["totals"]["bit_operations"].get<double>();
  const double limit = 0.95 * all;

  const Json plan = plan_of({"--bit-ops", std::to_string(limit)});

  EXPECT_LE(plan["totals"]["bit_operations"].get<double>(), limit);
  EXPECT_EQ(plan["budgets"].size(), 2U);
  EXPECT_EQ(ompq("search", {"--score", "size", "--bit-ops", "1"}).status, 4);
}

TEST_F(SearchCommand, GivesTheSamePlanForAnyThreadsAndBatches) {
  const std::vector<std::string> flags{
      "--calib",
      images(),
      "--avg-bits",
      "4",
      "--score",
      "ompq",
      "--json",
      "--quiet"};
  const auto plan_with = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = flags;
    all.insert(all.end(), more.begin(), more.end());
    return Json::parse(ompq("search", all).output);
  };

  const Json first = plan_with({"--threads", "1", "--micro-batch", "3"});
  const Json second = plan_with({"--threads", "2", "--micro-batch", "12"});

  for (std::size_t i = 0; i < first["layers"].size(); ++i) {
    EXPECT_EQ(
        first["layers"][i]["weight_bits"], second["layers"][i]["weight_bits"]);
    EXPECT_NEAR(
        first["layers"][i]["gamma"].get<double>(),
        second["layers"][i]["gamma"].get<double>(),
        1e-5);
  }
}

TEST_F(SearchCommand, SolvesAgainWithoutImages) {
  ASSERT_EQ(
      ompq(
          "search",
          {"--calib", images(), "--avg-bits", "4", "-o", file("p.json")})
          .status,
      0);

  const ProgramResult same =
      ompq("search", {"--reuse", file("p.json"), "--avg-bits", "4", "--json"});
  const ProgramResult wider =
      ompq("search", {"--reuse", file("p.json"), "--avg-bits", "6", "--json"});

  ASSERT_EQ(same.status, 0) << same.error;
  const Json before = Json::parse(read_text(file("p.json")));
  EXPECT_EQ(Json::parse(same.output)["layers"], before["layers"]);
  ASSERT_EQ(wider.status, 0) << wider.error;
  EXPECT_GT(
      Json::parse(wider.output)["solver"]["objective"].get<double>(),
      before["solver"]["objective"].get<double>());
}

TEST_F(SearchCommand, RejectsAPlanOfAnotherModel) {
  ASSERT_EQ(
      ompq(
          "search",
          {"--calib", images(), "--avg-bits", "4", "-o", file("p.json")})
          .status,
      0);
  GraphBuilder builder(small_network());
  builder.set_metadata("changed", "yes");
  write_onnx(std::move(builder).build(), model());

  const ProgramResult result =
      ompq("search", {"--reuse", file("p.json"), "--avg-bits", "4"});

  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("search again for this model"));
}

TEST_F(SearchCommand, NamesTheSmallestBudgetThatCanBeKept) {
  const ProgramResult result = ompq(
      "search",
      {"--calib", images(), "--payload", "10B", "-o", file("p.json")});

  EXPECT_EQ(result.status, 4);
  EXPECT_THAT(result.error, HasSubstr("smallest feasible"));
  EXPECT_EQ(result.output, "");
  EXPECT_FALSE(std::filesystem::exists(file("p.json")));
}

TEST_F(SearchCommand, FailsWhereThePlanCannotBeWritten) {
  for (const std::string& path :
       {file("missing/p.json"),
        folder_.path().string(),
        std::string("/dev/full")}) {
    const ProgramResult result =
        ompq("search", {"--calib", images(), "--avg-bits", "4", "-o", path});

    EXPECT_EQ(result.status, 3) << path;
    EXPECT_THAT(result.error, HasSubstr(path));
    EXPECT_EQ(result.output, "") << path;
  }
}

TEST_F(SearchCommand, PredictsSizesWithoutImages) {
  const ProgramResult result = ompq("search", {"--dry-run", "--json"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json range = Json::parse(result.output);
  EXPECT_LT(
      range["smallest"]["file_bytes"].get<int>(),
      range["largest"]["file_bytes"].get<int>());
  EXPECT_DOUBLE_EQ(range["largest"]["average_bits"].get<double>(), 8.0);
}

TEST_F(SearchCommand, SuggestsTheNearestLayerForAPin) {
  const ProgramResult result =
      ompq("search", {"--calib", images(), "--bits", "4", "--pin", "conv33=2"});

  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("conv3"));
}

TEST_F(SearchCommand, NeedsTwoImages) {
  const ProgramResult result = ompq(
      "search",
      {"--calib",
       images(),
       "--samples",
       "1",
       "--avg-bits",
       "4",
       "--score",
       "ompq"});

  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.error, HasSubstr("2"));
  EXPECT_EQ(result.output, "");
}

TEST_F(SearchCommand, EvaluatesLabelledArrays) {
  const ProgramResult result =
      ompq("eval", {"--data", images(), "--labels", labels(), "--json"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json json = Json::parse(result.output);
  EXPECT_EQ(json["images"], 12);
  EXPECT_GE(json["top1"].get<double>(), 0.0);
  EXPECT_DOUBLE_EQ(json["top5"].get<double>(), 1.0);
}

TEST_F(SearchCommand, RejectsDataWithoutLabels) {
  const ProgramResult result = ompq("eval", {"--data", images()});

  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("label"));
}

TEST_F(SearchCommand, RefusesADeviceThatThisBuildLacks) {
  EXPECT_EQ(
      ompq(
          "eval",
          {"--data", images(), "--labels", labels(), "--device", "cuda"})
          .status,
      5);
}

}  // namespace
}  // namespace ompq
