// SPDX-License-Identifier: MIT
#include "ompq/pipeline/latency_table.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

constexpr const char* kHeader = "layer,weight_bits,activation_bits,time\n";

LayerTable two_layers() {
  return {
      {.name = "conv1", .kind = LayerKind::Conv, .weights = 10},
      {.name = "head, last", .kind = LayerKind::Gemm, .weights = 20}};
}

class LatencyTableFile : public ::testing::Test {
 protected:
  LatencyTable read(const std::string& text) {
    std::ofstream(path()) << text;
    return LatencyTable(path(), two_layers());
  }
  [[nodiscard]] std::filesystem::path path() const {
    return folder_.path() / "t.csv";
  }
  /// Expects an error at a place of the file.
  void expect_refused(
      const std::string& text,
      const std::string& place,
      const std::string& problem) {
    SCOPED_TRACE(text);
    expect_error(ErrorCode::InvalidData, place + ": ", [&] {
      static_cast<void>(read(text));
    });
    expect_error(ErrorCode::InvalidData, problem, [&] {
      static_cast<void>(read(text));
    });
  }

 private:
  TempDir folder_;
};

TEST_F(LatencyTableFile, FindsARowByLayerThenByOperator) {
  const LatencyTable table = read(
      std::string(kHeader) +
      "conv1,4,8,12.5us\nConv,4,8,3 ms\nConv,2,any,40ns\r\n\n"
      "\"head, last\",8,float,1ms\n");

  EXPECT_EQ(
      table.picoseconds(0, {.weight_bits = 4, .activation_bits = 8}), 12500000);
  EXPECT_EQ(
      table.picoseconds(0, {.weight_bits = 2, .activation_bits = 6}), 40000);
  EXPECT_EQ(table.picoseconds(0, {.weight_bits = 2}), 40000);
  EXPECT_EQ(table.picoseconds(1, {.weight_bits = 8}), 1000000000);
}

TEST_F(LatencyTableFile, HasTheUnitInItsHeaderIfTheUserLikes) {
  const LatencyTable table =
      read("layer,weight_bits,activation_bits,time_us\nconv1,4,any,2.5\n");
  EXPECT_EQ(table.picoseconds(0, {.weight_bits = 4}), 2500000);
}

TEST_F(LatencyTableFile, SaysLineAndColumnOfWhatIsWrong) {
  const std::string header = kHeader;
  expect_refused("conv1,4,8,1us\n", "t.csv:1:1", "header");
  expect_refused(header + "conv1,4,8,-1us\n", "t.csv:2:11", "positive time");
  expect_refused(header + "conv1,4,8,7\n", "t.csv:2:11", "with its unit");
  expect_refused(
      "layer,weight_bits,activation_bits,time_us\nconv1,4,8,7us\n",
      "t.csv:2:11",
      "without a unit");
  expect_refused(header + "conv1,17,8,1us\n", "t.csv:2:7", "width from 1");
  expect_refused(header + "conv1,4,half,1us\n", "t.csv:2:9", "width from 1");
  expect_refused(header + "conv2,4,8,1us\n", "t.csv:2:1", "'conv1'");
  expect_refused(header + "conv1,4,8\n", "t.csv:2:9", "4 fields, not 3");
  expect_refused(
      header + "conv1,4,8,1us\nconv1,4,8,2us\n", "t.csv:3:1", "line 2");
}

TEST_F(LatencyTableFile, NamesLayerAndWidthsThatHaveNoRow) {
  std::ofstream(path()) << kHeader << "Conv,2,8,1us\nConv,3,8,1us\n"
                        << "Gemm,2,8,1us\n";
  const WidthRules rules{
      .weight_bits = {2, 3},
      .activation_bits = {8},
      .first_last_bits = std::nullopt};
  expect_error(
      ErrorCode::InvalidData,
      "layer 'head, last' (Gemm) with weights of 3 bits",
      [&] { static_cast<void>(latency_row(path(), two_layers(), rules)); });
}

TEST_F(LatencyTableFile, ThatIsMissingIsNamed) {
  expect_error(ErrorCode::NotFound, "nowhere.csv", [&] {
    static_cast<void>(LatencyTable("nowhere.csv", two_layers()));
  });
}

}  // namespace
}  // namespace ompq
