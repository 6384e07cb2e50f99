// SPDX-License-Identifier: MIT
// What `ompq quantize` writes and prints.
#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>

#include "ompq/graph/prepared_model.h"

#include "tests/cli/quantize_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

using QuantizeCommand = QuantizeFixture;

TEST_F(QuantizeCommand, WritesTheModelThePlanAndTheRecordItPrints) {
  const ProgramResult result = quantize(
      {"--bits", "4", "--eval", images(), "--eval-labels", labels(), "--json"});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, read_text(file("out/record.json")));
  EXPECT_FALSE(exists("out/checkpoint"));
  const Json record = Json::parse(result.output);
  EXPECT_EQ(record["quantized"]["images"], 40);
  EXPECT_GE(record["float_top1"].get<double>(), 0.0);
  EXPECT_LE(record["quantized_top1"].get<double>(), 1.0);
  EXPECT_GT(record["peak_memory_bytes"].get<std::int64_t>(), 0);
  ASSERT_EQ(record["layers"].size(), 4U);
  EXPECT_EQ(record["layers"][1]["weight_bits"], 4);
  EXPECT_EQ(record["layers"][1]["activation_bits"], 8);
  EXPECT_TRUE(record["layers"][1]["sqnr_db"].is_number());
  EXPECT_TRUE(record["layers"][1]["sqnr_before_db"].is_number());
  EXPECT_EQ(record["units"][0]["losses"].size(), 3U);
  EXPECT_EQ(record["units"].back()["losses"].size(), 2U);
  EXPECT_EQ(record["command"][1], "quantize");
  EXPECT_EQ(record["command"].back(), "--json");
  EXPECT_GE(record["machine"]["cores"].get<int>(), 1);
  EXPECT_EQ(record["settings"]["iterations"], "3");
  EXPECT_EQ(
      record["totals"]["file_bytes"],
      std::filesystem::file_size(file("out/model.onnx")));
  const Graph graph = load_model(file("out/model.onnx")).graph;
  EXPECT_EQ(
      graph.metadata().at("ompq.model_hash"),
      record["model"]["hash"].get<std::string>());
  const ProgramResult plan = ompq(
      {"search", model(), "--reuse", file("out/plan.json"), "--bits", "4"});
  EXPECT_THAT(plan.error, HasSubstr("nothing that was measured")) << plan.error;
}

TEST_F(QuantizeCommand, WritesAReportOfTheRun) {
  const ProgramResult result = quantize({"--bits", "4"});

  EXPECT_THAT(result.output, HasSubstr("report: " + out() + "/report.html\n"));
  const std::string page = read_text(file("out/report.html"));
  EXPECT_THAT(page, HasSubstr("\"losses\":[[1.0,"));
  EXPECT_THAT(page, HasSubstr("small.onnx"));
}

TEST_F(QuantizeCommand, GoesOnWithAWarningWhereTheReportFails) {
  ASSERT_EQ(quantize({"--bits", "4"}).status, 0);
  folder_.write("out/front.json", "{\"points\": [], \"picked\": 0}");

  const ProgramResult result = quantize({"--bits", "4"});

  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.error, HasSubstr("warning: the report is missing"));
}

TEST_F(QuantizeCommand, ShowsUnitsAndLossesInEightyColumns) {
  const ProgramResult result =
      quantize({"--bits", "3", "--eval", images(), "--eval-labels", labels()});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("unit"));
  EXPECT_THAT(result.output, HasSubstr("where accuracy goes"));
  EXPECT_THAT(result.output, HasSubstr("top-1: float"));
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), std::max(80U, 12U + unsigned(out().size()))) << line;
  }
}

TEST_F(QuantizeCommand, SearchesForTheWidthsOfABudget) {
  const ProgramResult result = quantize({"--avg-bits", "5"});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_LE(record()["totals"]["average_bits"].get<double>(), 5.0);
  EXPECT_TRUE(record()["seconds"].contains("search"));
  const Json plan = Json::parse(read_text(file("out/plan.json")));
  EXPECT_EQ(plan["solver"]["status"], "optimal");
}

TEST_F(QuantizeCommand, TakesThePlanOfASearchWithItsPreprocessing) {
  ASSERT_EQ(
      ompq({"search",
            model(),
            "--calib",
            images(),
            "--avg-bits",
            "5",
            "--preprocess",
            "symmetric",
            "-o",
            file("p.json")})
          .status,
      0);

  const ProgramResult result =
      quantize({"--plan", file("p.json"), "--act-bits", "6"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json plan = Json::parse(read_text(file("p.json")));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(
        record()["layers"][i]["weight_bits"], plan["layers"][i]["weight_bits"]);
    EXPECT_EQ(record()["layers"][i]["activation_bits"], 6);
  }
  EXPECT_EQ(record()["preprocessing"], plan["preprocessing"]);
}

TEST_F(QuantizeCommand, KeepsActivationsFloatIfTold) {
  ASSERT_EQ(quantize({"--bits", "4", "--act-bits", "float"}).status, 0);
  EXPECT_TRUE(record()["layers"][0]["activation_bits"].is_null());
  for (const Node& node : read_onnx(file("out/model.onnx")).nodes()) {
    EXPECT_NE(node.op_type, "QuantizeLinear");
  }
}

TEST_F(QuantizeCommand, IsEvaluatedWithItsOwnPreprocessing) {
  ASSERT_EQ(
      quantize({"--bits",
                "4",
                "--preprocess",
                "symmetric",
                "--eval",
                images(),
                "--eval-labels",
                labels()})
          .status,
      0);
  const auto accuracy = [&](std::vector<std::string> flags) {
    std::vector<std::string> words{
        "eval", out(), "--data", images(), "--labels", labels(), "--json"};
    words.insert(words.end(), flags.begin(), flags.end());
    const ProgramResult result = ompq(words);
    EXPECT_EQ(result.status, 0) << result.error;
    return Json::parse(result.output)["top1_hits"].get<int>();
  };
  const int expected =
      static_cast<int>(record()["quantized_top1"].get<double>() * 40 + 0.5);
  EXPECT_EQ(accuracy({}), expected);
  EXPECT_EQ(accuracy({"--preprocess", "symmetric"}), expected);
  // Pictures in [0, 255] saturate every activation.
  EXPECT_NE(accuracy({"--preprocess", "raw"}), -1);
}

TEST_F(QuantizeCommand, IsInspectedWithItsWidths) {
  ASSERT_EQ(quantize({"--bits", "4"}).status, 0);
  const ProgramResult text = ompq({"inspect", out()});
  const ProgramResult json = ompq({"inspect", out(), "--json"});
  EXPECT_THAT(text.output, HasSubstr("4/8"));
  EXPECT_EQ(Json::parse(json.output)["layers"][1]["weight_bits"], 4);
}

TEST_F(QuantizeCommand, GivesTheSameBytesForTheSameSeed) {
  const std::vector<std::string> flags{"--bits", "3", "--seed", "5"};
  ASSERT_EQ(quantize(flags).status, 0);
  const std::string first = read_text(file("out/model.onnx"));
  ASSERT_EQ(quantize(flags).status, 0);
  EXPECT_EQ(read_text(file("out/model.onnx")), first);
}

TEST_F(QuantizeCommand, KnowsEveryMethod) {
  for (const char* method : {"nearest", "layer", "adaround", "block"}) {
    const ProgramResult result = quantize({"--bits", "4", "--method", method});
    EXPECT_EQ(result.status, 0) << method << ": " << result.error;
  }
}

TEST_F(QuantizeCommand, TakesFewerExamplesThanAStep) {
  const ProgramResult result =
      quantize({"--bits", "4", "--samples", "5", "--batch", "32"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("only 5 calibration examples"));
}

}  // namespace
}  // namespace ompq
