// SPDX-License-Identifier: MIT
// `ompq sweep` through the program.
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"

#include "cli/terminal.h"
#include "tests/cli/search_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

using SweepCommand = SearchCommand;

TEST_F(SweepCommand, WritesTheFrontAndThePlanOfItsPoint) {
  const ProgramResult result = ompq(
      "sweep",
      {"--calib",
       images(),
       "--score",
       "fisher",
       "--averages",
       "6:8:9",
       "--json",
       "-o",
       file("front.json"),
       "--plan",
       file("plan.json")});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(result.output, read_text(file("front.json")));
  const Json front = Json::parse(result.output);
  ASSERT_EQ(front["points"].size(), 9U);
  EXPECT_EQ(front["layers"].size(), 4U);
  const Json& point = front["points"][front["picked"].get<std::size_t>()];
  const Json plan = Json::parse(read_text(file("plan.json")));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(plan["layers"][i]["weight_bits"], point["weight_bits"][i]);
  }
}

TEST_F(SweepCommand, GivesTheSameFrontFromAPlan) {
  const std::vector<std::string> range{
      "--score", "sqnr", "--averages", "6:8:5", "--json"};
  std::vector<std::string> measure = range;
  measure.insert(
      measure.end(), {"--calib", images(), "--plan", file("plan.json")});
  std::vector<std::string> reuse = range;
  reuse.insert(reuse.end(), {"--reuse", file("plan.json")});

  const Json first = Json::parse(ompq("sweep", measure).output);
  const Json second = Json::parse(ompq("sweep", reuse).output);

  EXPECT_EQ(first["points"], second["points"]);
}

TEST_F(SweepCommand, FitsEightyColumns) {
  const ProgramResult result = ompq("sweep", {"--score", "size"});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.output, HasSubstr("<- picked"));
  EXPECT_THAT(result.output, HasSubstr("25 budgets"));
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(display_width(line), 80) << line;
  }
}

TEST_F(SweepCommand, ChecksBeforeItMeasures) {
  const ProgramResult no_images = ompq("sweep", {"--averages", "6:8:5"});
  EXPECT_EQ(no_images.status, 2);
  EXPECT_THAT(no_images.error, HasSubstr("--calib is missing"));

  const ProgramResult too_small = ompq(
      "sweep",
      {"--calib", images(), "--sizes", "10B:1kB:5", "--score", "sqnr"});
  EXPECT_EQ(too_small.status, 4) << too_small.error;
  EXPECT_THAT(too_small.error, HasSubstr("smallest feasible"));

  const ProgramResult refined =
      ompq("sweep", {"--score", "size", "--refine", "1"});
  EXPECT_EQ(refined.status, 2);
  EXPECT_THAT(refined.error, HasSubstr("--refine is for one plan"));

  const ProgramResult bad_range = ompq("sweep", {"--averages", "8:6:5"});
  EXPECT_EQ(bad_range.status, 2);
  EXPECT_THAT(bad_range.error, HasSubstr("LOW below HIGH"));
}

}  // namespace
}  // namespace ompq
