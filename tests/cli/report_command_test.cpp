// SPDX-License-Identifier: MIT
// `ompq report` and `ompq compare` through the program.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/report_files.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ReportCommand : public ::testing::Test {
 protected:
  ReportCommand() {
    folder_.write("out/plan.json", some_plan().dump());
    folder_.write("out/record.json", some_record().dump());
    Json other = some_plan();
    other["layers"][1]["weight_bits"] = 2;
    folder_.write("other.json", other.dump());
  }
  static ProgramResult ompq(std::vector<std::string> words) {
    words.insert(words.begin(), OMPQ_PROGRAM);
    return run_program(words);
  }
  [[nodiscard]] std::string file(const std::string& name) const {
    return (folder_.path() / name).string();
  }
  [[nodiscard]] bool exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path() / name);
  }

  TempDir folder_;
};

TEST_F(ReportCommand, WritesThePageIntoTheFolderAndSaysSoInALine) {
  const ProgramResult result = ompq({"report", file("out")});

  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(
      result.output,
      MatchesRegex("written to .*out/report.html \\([0-9.]+ KiB\\); it opens "
                   "in any browser\n"));
  EXPECT_EQ(result.error, "");
  EXPECT_THAT(read_text(file("out/report.html")), HasSubstr("net.onnx"));
}

TEST_F(ReportCommand, NeedsNoTensorsAndATenthOfASecond) {
  // The fastest of a few runs: others may be at work here.
  double fastest = 1e9;
  for (int i = 0; i < 5; ++i) {
    const ProgramResult result =
        ompq({"report", file("out"), "-o", file("page.html")});
    ASSERT_EQ(result.status, 0) << result.error;
    fastest = std::min(fastest, result.elapsed_s);
  }
  EXPECT_LT(fastest, 0.1);
}

TEST_F(ReportCommand, WarnsOfWhatIsMissing) {
  Json record = some_record();
  record["format"] = 1;
  folder_.write("out/record.json", record.dump());

  const ProgramResult result = ompq({"report", file("out")});

  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.error, HasSubstr("ompq: warning: "));
  EXPECT_THAT(result.error, HasSubstr("format 1 is of an older ompq"));
}

TEST_F(ReportCommand, PrintsItsDataAsJson) {
  const ProgramResult result = ompq({"report", file("out"), "--json"});

  EXPECT_EQ(Json::parse(result.output)["runs"][0]["layers"].size(), 3U);
}

TEST_F(ReportCommand, FailsWithoutAPageOnBadInput) {
  folder_.write("stray.json", "[1, 2]");
  std::filesystem::create_directory(folder_.path() / "folder.html");
  const struct {
    std::vector<std::string> words;
    int status;
    const char* part;
  } cases[] = {
      {{"report", file("nothing")}, 3, "no such file or folder"},
      {{"report", file("stray.json")}, 3, "expected plan.json, record.json"},
      {{"report"}, 2, "PATH is missing"},
      {{"report", file("out"), "-o", file("no/folder/page.html")},
       3,
       "does not exist"},
      {{"report", file("out"), "-o", file("folder.html")}, 3, "is a folder"},
      {{"report", file("out"), file("other.json")}, 2, "a second plan"},
      {{"compare", file("out")}, 2, "expected two plans or runs"}};
  for (const auto& [words, status, part] : cases) {
    const ProgramResult result = ompq(words);
    EXPECT_EQ(result.status, status) << result.error;
    EXPECT_THAT(result.error, HasSubstr(part));
    EXPECT_EQ(result.output, "");
  }
  EXPECT_FALSE(exists("out/report.html"));
}

TEST_F(ReportCommand, SaysWhereItCannotWrite) {
  const ProgramResult result =
      ompq({"report", file("out"), "-o", "/dev/full/page.html"});

  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("/dev/full"));
}

TEST_F(ReportCommand, ComparesInTheTerminalAndOnAPage) {
  const ProgramResult result = ompq(
      {"compare", file("out"), file("other.json"), "-o", file("page.html")});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("50.00"));
  EXPECT_THAT(
      result.output, MatchesRegex("(.|\n)*second +1,000 +4/8 +2/8\n(.|\n)*"));
  EXPECT_THAT(result.output, HasSubstr("1 of 3 layers differ"));
  EXPECT_TRUE(exists("page.html"));
}

TEST_F(ReportCommand, ComparesAsJson) {
  const ProgramResult result =
      ompq({"compare", file("out"), file("other.json"), "--json"});

  const Json json = Json::parse(result.output);
  EXPECT_EQ(json["runs"][0]["file_bytes"], 4321);
  EXPECT_EQ(json["layers"][1]["weight_bits"], Json({4, 2}));
}

TEST_F(ReportCommand, RefusesToComparePlansOfDifferentModels) {
  Json other = some_plan();
  other["layers"][2]["weights"] = 999;
  folder_.write("foreign.json", other.dump());

  const ProgramResult result =
      ompq({"compare", file("out"), file("foreign.json")});

  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("layer 3 is 'third' with 1000 weights"));
}

}  // namespace
}  // namespace ompq
