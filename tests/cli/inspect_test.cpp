// SPDX-License-Identifier: MIT
// `ompq inspect` through the program.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/graph/onnx_file.h"

#include "cli/terminal.h"
#include "tests/cli/small_network.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

class Inspect : public ::testing::Test {
 protected:
  ProgramResult inspect(const std::vector<std::string>& flags = {}) {
    std::vector<std::string> words{OMPQ_PROGRAM, "inspect", path()};
    words.insert(words.end(), flags.begin(), flags.end());
    return run_program(words);
  }

  [[nodiscard]] std::string path() const {
    return (folder_.path() / "small.onnx").string();
  }

  TempDir folder_;
};

TEST_F(Inspect, ShowsLayersWeightsAndOperations) {
  write_onnx(small_network(), path());

  const ProgramResult result = inspect();

  EXPECT_EQ(result.status, 0) << result.error;
  for (const char* part :
       {"small.onnx",
        "image  float32 [N, 3, 8, 8]",
        "scores  float32 [N, 3]",
        "conv2",
        "8x1x3x3",
        "4 layers",
        "1,488",
        "Conv 3"}) {
    EXPECT_THAT(result.output, HasSubstr(part));
  }
}

TEST_F(Inspect, FitsEightyColumns) {
  write_onnx(small_network(), path());

  std::istringstream lines(inspect().output);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 80) << line;
  }
}

TEST_F(Inspect, PrintsTheSameAsJson) {
  write_onnx(small_network(), path());

  const Json json = Json::parse(inspect({"--json"}).output);

  ASSERT_EQ(json["layers"].size(), 4U);
  EXPECT_EQ(json["layers"][0]["name"], "conv1");
  EXPECT_EQ(json["layers"][0]["weights"], 216);
  EXPECT_EQ(json["layers"][0]["macs"], 216 * 64);
  EXPECT_EQ(json["layers"][1]["macs"], 72 * 64);
  EXPECT_EQ(json["layers"][3]["macs"], 48);
  EXPECT_EQ(json["totals"]["weights"], 216 + 72 + 1152 + 48);
  EXPECT_EQ(json["operators"]["Conv"], 3);
  EXPECT_EQ(json["producer"]["name"], "ompq");
  EXPECT_TRUE(json["skipped"].empty());
}

TEST_F(Inspect, TakesTheShapeOfAnInput) {
  write_onnx(small_network(), path());

  const ProgramResult result =
      inspect({"--json", "--input-shape", "image=1,3,8,8"});
  EXPECT_EQ(result.status, 0) << result.error;

  const ProgramResult unknown = inspect({"--input-shape", "picture=1,3,8,8"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.error, HasSubstr("image"));
}

TEST_F(Inspect, RejectsWhatIsNoModel) {
  std::ofstream(path()) << "this is no model";
  const ProgramResult text = inspect();
  EXPECT_EQ(text.status, 3);
  EXPECT_THAT(text.error, HasSubstr("small.onnx"));
  EXPECT_EQ(text.output, "");

  const std::string bytes = serialize_onnx(small_network());
  std::ofstream(path(), std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  const ProgramResult truncated = inspect();
  EXPECT_EQ(truncated.status, 3);
  EXPECT_THAT(truncated.error, HasSubstr("small.onnx"));
  EXPECT_EQ(truncated.output, "");
}

TEST_F(Inspect, NamesWhatIsNotSupported) {
  GraphBuilder builder(small_network());
  builder.replace_node(
      "flatten",
      {{.name = "flatten",
        .op_type = "NonMaxSuppression",
        .inputs = {"pooled"},
        .outputs = {"flat"}}});
  write_onnx(std::move(builder).build(), path());

  const ProgramResult result = inspect();
  EXPECT_EQ(result.status, 5) << result.error;
  EXPECT_THAT(result.error, HasSubstr("NonMaxSuppression"));
}

}  // namespace
}  // namespace ompq
