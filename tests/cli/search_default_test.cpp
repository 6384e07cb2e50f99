// SPDX-License-Identifier: MIT
// The score that commands take if none is given.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/json_file.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"

#include "tests/cli/search_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;

using SearchDefault = SearchCommand;

TEST_F(SearchDefault, IsBalancedUnlessToldOtherwise) {
  for (const std::string command : {"search", "sweep"}) {
    std::vector<std::string> flags{"--calib", images(), "-o", file("out.json")};
    if (command == "search") {
      flags.insert(flags.end(), {"--avg-bits", "4"});
    } else {
      flags.insert(flags.end(), {"--plan", file("plan.json")});
    }
    const ProgramResult result = ompq(command, flags);
    ASSERT_EQ(result.status, 0) << result.error;
    const Json plan = Json::parse(
        read_text(file(command == "search" ? "out.json" : "plan.json")));
    EXPECT_EQ(plan["settings"]["score"], "balanced") << command;
    EXPECT_EQ(plan["settings"]["error"], "balanced") << command;
  }
}

/// The small network with the class in place of its scores: no gradients.
class SearchWithoutGradients : public SearchCommand {
 protected:
  SearchWithoutGradients() {
    GraphBuilder builder(small_network());
    builder.add_node(
        {.name = "class",
         .op_type = "ArgMax",
         .inputs = {"scores"},
         .outputs = {"class"},
         .attributes = {{"axis", std::int64_t{1}}}});
    builder.clear_outputs();
    builder.add_output("class");
    write_onnx(std::move(builder).build(), model());
  }
};

TEST_F(SearchWithoutGradients, FallsBackToSqnrAndSaysSo) {
  const ProgramResult result = ompq(
      "search",
      {"--calib", images(), "--avg-bits", "4", "-o", file("plan.json")});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("--score sqnr"));
  EXPECT_EQ(
      Json::parse(read_text(file("plan.json")))["settings"]["score"], "sqnr");
}

TEST_F(SearchWithoutGradients, FallsBackToSqnrInQuantizeToo) {
  const ProgramResult result = ompq(
      "quantize",
      {"--calib",
       images(),
       "--avg-bits",
       "4",
       "--method",
       "nearest",
       "-o",
       file("out")});

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("--score sqnr"));
  EXPECT_EQ(
      Json::parse(read_text(file("out/plan.json")))["settings"]["score"],
      "sqnr");
}

TEST_F(SearchWithoutGradients, RefusesAScoreThatNeedsThemAndOffersAnother) {
  for (const std::string score : {"fisher", "balanced", "taylor", "hawq"}) {
    const ProgramResult result = ompq(
        "search", {"--calib", images(), "--avg-bits", "4", "--score", score});
    EXPECT_EQ(result.status, 5) << score;
    EXPECT_THAT(result.error, HasSubstr("ArgMax")) << score;
    EXPECT_THAT(result.error, HasSubstr("--score sqnr")) << score;
  }
}

TEST_F(SearchDefault, IsTheScoreOfThePlanThatIsReused) {
  for (const std::string score : {"ompq", "sqnr", "taylor"}) {
    ASSERT_EQ(
        ompq(
            "search",
            {"--calib",
             images(),
             "--avg-bits",
             "4",
             "--score",
             score,
             "-o",
             file("p.json")})
            .status,
        0);
    const ProgramResult again = ompq(
        "search", {"--reuse", file("p.json"), "--avg-bits", "4", "--json"});
    ASSERT_EQ(again.status, 0) << again.error;
    EXPECT_EQ(Json::parse(again.output)["settings"]["score"], score);
  }
}

}  // namespace
}  // namespace ompq
