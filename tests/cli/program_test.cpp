// SPDX-License-Identifier: MIT
// The program as a user meets it, without any model.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/version.h"

#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

ProgramResult ompq(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), OMPQ_PROGRAM);
  return run_program(std::move(arguments));
}

/// Every failure is one line on the error stream and nothing on the output.
void expect_failure(
    const ProgramResult& result, int status, const std::string& part) {
  EXPECT_EQ(result.status, status) << result.error;
  EXPECT_EQ(result.output, "");
  EXPECT_THAT(result.error, MatchesRegex("ompq: error: [^\n]+\n"));
  EXPECT_THAT(result.error, HasSubstr(part));
}

TEST(Program, PrintsShortHelpWithoutACommand) {
  const ProgramResult result = ompq({});

  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.output, HasSubstr("inspect"));
  EXPECT_THAT(result.output, HasSubstr("search"));
  EXPECT_EQ(result.error, "");
}

TEST(Program, PrintsItsVersion) {
  EXPECT_EQ(ompq({"--version"}).output, "ompq " + std::string(kVersion) + "\n");
}

TEST(Program, HelpsWithEveryCommandAndTopic) {
  for (const char* name :
       {"inspect", "eval", "search", "config", "data", "exit-status"}) {
    const ProgramResult result = ompq({"help", name});
    EXPECT_EQ(result.status, 0) << name;
    EXPECT_GT(result.output.size(), 200U) << name;
  }
  EXPECT_EQ(ompq({"search", "--help"}).output, ompq({"help", "search"}).output);
}

TEST(Program, SuggestsTheNearestCommand) {
  expect_failure(ompq({"serach"}), 2, "did you mean 'search'");
  expect_failure(ompq({"help", "serach"}), 2, "did you mean 'search'");
}

TEST(Program, SuggestsTheNearestFlag) {
  expect_failure(
      ompq({"inspect", "net.onnx", "--jsn"}), 2, "did you mean '--json'");
}

TEST(Program, SaysWhatIsMissing) {
  expect_failure(ompq({"inspect"}), 2, "MODEL is missing");
  expect_failure(ompq({"eval", "net.onnx"}), 2, "--data is missing");
  expect_failure(ompq({"search", "net.onnx", "--bits", "4"}), 2, "--calib");
  expect_failure(
      ompq({"search", "net.onnx", "--calib", "."}), 2, "nothing limits");
}

TEST(Program, ChecksValuesBeforeAnythingElse) {
  expect_failure(
      ompq({"eval", "none.onnx", "--data", ".", "--micro-batch", "-1"}),
      2,
      "--micro-batch: expected a number from 0");
  expect_failure(
      ompq({"eval", "none.onnx", "--data", ".", "--preprocess", "imagnet"}),
      2,
      "imagenet");
  expect_failure(
      ompq({"search", "m", "--calib", ".", "--size", "small"}), 2, "--size");
}

TEST(Program, NamesTheFileThatIsMissing) {
  expect_failure(ompq({"inspect", "none.onnx"}), 3, "none.onnx");
  expect_failure(
      ompq({"eval", OMPQ_PROGRAM, "--data", "no-folder"}), 3, "no-folder");
}

TEST(Program, FailsWhenTheOutputCannotTakeTheResult) {
  const ProgramResult result =
      run_program({OMPQ_PROGRAM, "--version"}, "/dev/full");

  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, StartsWith("ompq: error: standard output"));
}

TEST(Program, ReadsItsConfiguration) {
  const TempDir folder;
  const std::string config = (folder.path() / "ompq.toml").string();
  std::ofstream(config) << "[eval]\nmicro-batch = -1\n";

  expect_failure(
      ompq({"eval", "m.onnx", "--data", ".", "--config", config}),
      2,
      "configuration: micro-batch: expected a number from 0");
  // The flag wins, so that the next thing to fail is the model.
  expect_failure(
      ompq(
          {"eval",
           "m.onnx",
           "--data",
           ".",
           "--config",
           config,
           "--micro-batch",
           "4"}),
      3,
      "m.onnx");
  expect_failure(ompq({"inspect", "m", "--config", "none.toml"}), 3, "none");
}

TEST(Program, StartsWithoutTensors) {
  // Far below what loading libtorch alone costs, but enough for a busy machine.
  double fastest_s = 1.0;
  for (int i = 0; i < 5; ++i) {
    fastest_s = std::min(fastest_s, ompq({"help", "search"}).elapsed_s);
  }
  EXPECT_LT(fastest_s, 0.1);
}

}  // namespace
}  // namespace ompq
