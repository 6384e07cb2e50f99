// SPDX-License-Identifier: MIT
// `ompq study` through the program.
#include <algorithm>
#include <cstdint>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/data/npy.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"

#include "cli/terminal.h"
#include "tests/cli/search_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

class StudyCommand : public SearchCommand {
 protected:
  ProgramResult study(const std::vector<std::string>& more) {
    std::vector<std::string> flags{
        "--calib",
        images(),
        "--eval",
        images(),
        "--eval-labels",
        labels(),
        "--averages",
        "6,7",
        "--plans",
        "5"};
    flags.insert(flags.end(), more.begin(), more.end());
    return ompq("study", flags);
  }
};

const Json& row_of(const Json& rows, const std::string& name) {
  return *std::ranges::find_if(
      rows, [&](const Json& row) { return row["name"] == name; });
}

TEST_F(StudyCommand, ComparesEveryScoreAtEveryBudget) {
  const ProgramResult result = study(
      {"--json", "-o", file("study.json"), "--markdown", file("study.md")});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, read_text(file("study.json")));
  const Json report = Json::parse(result.output);
  EXPECT_EQ(report["evaluation_images"], 12);
  ASSERT_EQ(report["budgets"].size(), 2U);
  EXPECT_EQ(report["budgets"][0]["random_top1"].size(), 5U);
  EXPECT_EQ(report["scores"].size(), 12U);
  for (const Json& row : report["scores"]) {
    ASSERT_EQ(row["budgets"].size(), 2U);
    for (const Json& cell : row["budgets"]) {
      EXPECT_GE(cell["top1"].get<double>(), 0.0);
      EXPECT_LE(cell["top1"].get<double>(), 1.0);
      EXPECT_GE(cell["divergence"].get<double>(), 0.0);
      EXPECT_EQ(
          cell.contains("correlation"),
          row["name"] != "uniform" && row["name"] != "size-projection");
    }
  }
  EXPECT_FALSE(report.contains("ablations"));
  const std::string markdown = read_text(file("study.md"));
  EXPECT_THAT(markdown, HasSubstr("| fisher |"));
  EXPECT_THAT(markdown, HasSubstr("6 bits: top-1 %"));
}

TEST_F(StudyCommand, GivesTheAccuracyOfThePlanThatSearchFinds) {
  const Json report = Json::parse(study({"--json"}).output);
  const ProgramResult search = ompq(
      "search",
      {"--calib",
       images(),
       "--score",
       "sqnr",
       "--avg-bits",
       "6",
       "-o",
       file("plan.json")});
  ASSERT_EQ(search.status, 0) << search.error;
  const ProgramResult quantized = ompq(
      "quantize",
      {"--calib",
       images(),
       "--eval",
       images(),
       "--eval-labels",
       labels(),
       "--plan",
       file("plan.json"),
       "--method",
       "nearest",
       "--act-bits",
       "float",
       "--json",
       "-o",
       file("out")});

  ASSERT_EQ(quantized.status, 0) << quantized.error;
  // One image more or less: `quantize` corrects biases layer after layer.
  EXPECT_NEAR(
      row_of(report["scores"], "sqnr")["budgets"][0]["top1"].get<double>(),
      Json::parse(quantized.output)["quantized_top1"].get<double>(),
      1.01 / 12.0);
}

TEST_F(StudyCommand, MeasuresDivergenceOnTheImagesToEvaluate) {
  const std::vector<std::uint8_t> grey(2 * 8 * 8 * 3, 128);
  const std::vector<std::int64_t> shape{2, 8, 8, 3};
  write_npy(file("grey.npy"), shape, std::span<const std::uint8_t>(grey));
  const std::vector<std::int64_t> classes{0, 1};
  const std::vector<std::int64_t> count{2};
  write_npy(file("two.npy"), count, std::span<const std::int64_t>(classes));
  const auto divergence = [&](const std::string& data,
                              const std::string& their_labels) {
    const ProgramResult result = ompq(
        "study",
        {"--calib",
         images(),
         "--eval",
         data,
         "--eval-labels",
         their_labels,
         "--averages",
         "6",
         "--plans",
         "4",
         "--json"});
    EXPECT_EQ(result.status, 0) << result.error;
    const Json report = Json::parse(result.output);
    const Json cell = row_of(report["scores"], "size")["budgets"][0];
    return cell["divergence"].get<double>();
  };

  // The plan is the same one; only the pictures that judge it are others.
  EXPECT_NE(
      divergence(images(), labels()),
      divergence(file("grey.npy"), file("two.npy")));
}

TEST_F(StudyCommand, ComparesSettingsOfThePapersScoreIfAsked) {
  const ProgramResult result = study({"--ablations", "--json"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json report = Json::parse(result.output);
  std::vector<std::string> names;
  for (const Json& row : report["ablations"]) {
    names.push_back(row["name"].get<std::string>());
  }
  for (const std::string name :
       {"decreasing log",
        "beta 0.1",
        "granularity block",
        "orm unbiased",
        "samples 8",
        "samples 12"}) {
    EXPECT_THAT(names, ::testing::Contains(name));
  }
}

/// The small network with a detour over integers behind its first layer, where
/// gradients end.
void write_network_with_cut_gradients(const std::string& path) {
  GraphBuilder builder(small_network());
  builder.replace_uses("conv1.output", "back");
  builder.add_node(
      {.name = "to_integers",
       .op_type = "Cast",
       .inputs = {"conv1.output"},
       .outputs = {"integers"},
       .attributes = {{"to", std::int64_t{7}}}});
  builder.add_node(
      {.name = "to_float",
       .op_type = "Cast",
       .inputs = {"integers"},
       .outputs = {"back"},
       .attributes = {{"to", std::int64_t{1}}}});
  write_onnx(std::move(builder).build(), path);
}

TEST_F(StudyCommand, LeavesOutScoresThatTheNetworkCannotBeMeasuredBy) {
  write_network_with_cut_gradients(model());

  const ProgramResult result = study({"--json"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json report = Json::parse(result.output);
  std::vector<std::string> names;
  for (const Json& row : report["scores"]) {
    names.push_back(row["name"].get<std::string>());
  }
  for (const std::string name : {"fisher", "balanced", "taylor", "hawq"}) {
    EXPECT_THAT(names, ::testing::Not(::testing::Contains(name)));
    EXPECT_THAT(result.error, HasSubstr(name + " is left out: "));
  }
  EXPECT_THAT(names, ::testing::IsSupersetOf({"ompq", "sqnr", "kl", "size"}));
}

TEST_F(StudyCommand, MeasuresPlansAfterAReconstructionIfAsked) {
  const ProgramResult result = study(
      {"--reconstruct", "--json", "--quiet", "--markdown", file("study.md")});

  ASSERT_EQ(result.status, 0) << result.error;
  for (const Json& row : Json::parse(result.output)["scores"]) {
    for (const Json& cell : row["budgets"]) {
      EXPECT_GE(cell["reconstructed_top1"].get<double>(), 0.0);
      EXPECT_LE(cell["reconstructed_top1"].get<double>(), 1.0);
    }
  }
  EXPECT_THAT(
      read_text(file("study.md")),
      HasSubstr("6 bits: top-1 % | reconstructed | divergence |"));
}

TEST_F(StudyCommand, FitsEightyColumns) {
  const ProgramResult result = study({"--quiet", "--reconstruct"});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("5 random plans"));
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 80) << line;
  }
}

TEST_F(StudyCommand, ChecksItsOptions) {
  const ProgramResult no_data = ompq("study", {"--calib", images()});
  EXPECT_EQ(no_data.status, 2);
  EXPECT_THAT(no_data.error, HasSubstr("--eval is missing"));

  const ProgramResult no_labels =
      ompq("study", {"--calib", images(), "--eval", images()});
  EXPECT_EQ(no_labels.status, 3) << no_labels.error;
  EXPECT_THAT(no_labels.error, HasSubstr("no labels"));

  const ProgramResult limited = study({"--avg-bits", "3"});
  EXPECT_EQ(limited.status, 2);
  EXPECT_THAT(limited.error, HasSubstr("--averages"));

  const ProgramResult linear = study({"--solver", "lp"});
  EXPECT_EQ(linear.status, 2);
  EXPECT_THAT(linear.error, HasSubstr("--solver"));

  const ProgramResult infeasible = study({"--averages", "2"});
  EXPECT_EQ(infeasible.status, 4) << infeasible.error;
}

}  // namespace
}  // namespace ompq
