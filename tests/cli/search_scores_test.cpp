// SPDX-License-Identifier: MIT
// `ompq search --score` and `ompq quantize --score` through the program.
#include <algorithm>
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

const std::vector<std::string> kScores{
    "ompq",
    "ompq-error",
    "sqnr",
    "fisher",
    "balanced",
    "taylor",
    "hawq",
    "kl",
    "size",
    "size-projection",
    "random",
    "uniform"};

using SearchScores = SearchCommand;

double average_bits(const Json& plan) {
  double bits = 0.0;
  double weights = 0.0;
  for (const Json& layer : plan["layers"]) {
    bits += layer["weight_bits"].get<double>() * layer["weights"].get<double>();
    weights += layer["weights"].get<double>();
  }
  return bits / weights;
}

TEST_F(SearchScores, KeepTheBudgetAndHoldWhatTheyMeasured) {
  for (const std::string& score : kScores) {
    const ProgramResult result = ompq(
        "search",
        {"--calib", images(), "--avg-bits", "4", "--score", score, "--json"});

    ASSERT_EQ(result.status, 0) << score << result.error;
    const Json plan = Json::parse(result.output);
    EXPECT_LE(average_bits(plan), 4.0) << score;
    EXPECT_EQ(plan["settings"]["score"], score);
    const bool has_errors = plan["settings"].contains("error");
    EXPECT_EQ(
        has_errors,
        score == "ompq-error" || score == "sqnr" || score == "fisher" ||
            score == "balanced" || score == "taylor" || score == "hawq" ||
            score == "kl");
    for (const Json& layer : plan["layers"]) {
      EXPECT_EQ(
          layer.contains("error_per_width") &&
              layer["error_per_width"].size() == 7U,
          has_errors)
          << score;
    }
  }
}

TEST_F(SearchScores, AreShownWithTheirNameInEightyColumns) {
  for (const std::string& score : kScores) {
    const ProgramResult result = ompq(
        "search",
        {"--calib", images(), "--avg-bits", "4", "--score", score, "--quiet"});

    EXPECT_THAT(result.output, HasSubstr("score " + score + ": "));
    std::istringstream lines(result.output);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), 80) << line;
    }
  }
}

TEST_F(SearchScores, AreTheSameForOneSeed) {
  const std::vector<std::string> flags{
      "--calib",
      images(),
      "--avg-bits",
      "3.5",
      "--score",
      "taylor",
      "--json",
      "--threads",
      "1"};
  const ProgramResult first = ompq("search", flags);

  EXPECT_EQ(first.status, 0) << first.error;
  EXPECT_EQ(first.output, ompq("search", flags).output);
}

TEST_F(SearchScores, AreSolvedAgainWithoutImages) {
  for (const std::string score : {"sqnr", "ompq-error", "fisher", "balanced"}) {
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

    const ProgramResult same = ompq(
        "search",
        {"--reuse",
         file("p.json"),
         "--avg-bits",
         "4",
         "--score",
         score,
         "--json"});
    const ProgramResult smaller = ompq(
        "search",
        {"--reuse",
         file("p.json"),
         "--avg-bits",
         "3.5",
         "--score",
         score,
         "--json"});

    ASSERT_EQ(same.status, 0) << same.error;
    const Json before = Json::parse(read_text(file("p.json")));
    EXPECT_EQ(Json::parse(same.output)["layers"], before["layers"]) << score;
    EXPECT_LT(
        Json::parse(smaller.output)["solver"]["objective"].get<double>(),
        before["solver"]["objective"].get<double>());
  }
}

TEST_F(SearchScores, AskForImagesIfThePlanDoesNotHoldThem) {
  ASSERT_EQ(
      ompq(
          "search",
          {"--calib",
           images(),
           "--avg-bits",
           "3.5",
           "--score",
           "sqnr",
           "--bits",
           "2-4",
           "-o",
           file("p.json")})
          .status,
      0);

  const ProgramResult wider = ompq(
      "search",
      {"--reuse", file("p.json"), "--avg-bits", "4", "--score", "sqnr"});
  const ProgramResult other = ompq(
      "search",
      {"--reuse", file("p.json"), "--avg-bits", "4", "--score", "fisher"});

  EXPECT_EQ(wider.status, 3);
  EXPECT_THAT(wider.error, HasSubstr("5 bits was not measured"));
  EXPECT_EQ(other.status, 3);
  EXPECT_THAT(other.error, HasSubstr("search again with --calib"));
}

TEST_F(SearchScores, ThatAreControlsNeedNoImages) {
  for (const std::string score : {"size", "random", "uniform"}) {
    const ProgramResult result =
        ompq("search", {"--avg-bits", "4", "--score", score, "--json"});
    ASSERT_EQ(result.status, 0) << result.error;
    EXPECT_LE(average_bits(Json::parse(result.output)), 4.0);
  }
  EXPECT_EQ(ompq("search", {"--avg-bits", "4", "--score", "sqnr"}).status, 2);
}

TEST_F(SearchScores, DrawOtherCoefficientsForAnotherSeed) {
  const auto drawn = [&](const std::string& seed) {
    return Json::parse(
        ompq(
            "search",
            {"--avg-bits", "4", "--score", "random", "--json", "--seed", seed})
            .output)["layers"][1]["coefficient"];
  };
  EXPECT_EQ(drawn("1"), drawn("1"));
  EXPECT_NE(drawn("1"), drawn("2"));
}

TEST_F(SearchScores, ThatAreUnknownListTheNames) {
  const ProgramResult result = ompq(
      "search", {"--calib", images(), "--avg-bits", "4", "--score", "guess"});

  EXPECT_EQ(result.status, 2);
  for (const std::string& score : kScores) {
    EXPECT_THAT(result.error, HasSubstr(score));
  }
}

TEST_F(SearchScores, ThatAreNotLinearRefuseTheLinearProgramme) {
  const ProgramResult result = ompq(
      "search",
      {"--calib",
       images(),
       "--avg-bits",
       "4",
       "--score",
       "sqnr",
       "--solver",
       "lp"});

  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.error, HasSubstr("--solver lp"));
}

TEST_F(SearchScores, ChooseTheWidthsOfQuantize) {
  const ProgramResult result = ompq(
      "quantize",
      {"--calib",
       images(),
       "--avg-bits",
       "4",
       "--score",
       "sqnr",
       "--method",
       "nearest",
       "--symmetric-weights",
       "-o",
       file("out"),
       "--quiet"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json plan = Json::parse(read_text(file("out/plan.json")));
  EXPECT_EQ(plan["settings"]["score"], "sqnr");
  EXPECT_LE(average_bits(plan), 4.0);
}

TEST_F(SearchScores, AreRefinedByTheMeasuredDivergence) {
  for (const std::string score : {"fisher", "size"}) {
    const ProgramResult result = ompq(
        "search",
        {"--calib",
         images(),
         "--avg-bits",
         "6",
         "--score",
         score,
         "--refine",
         "2",
         "--json"});

    ASSERT_EQ(result.status, 0) << result.error;
    const Json plan = Json::parse(result.output);
    const Json& note = plan["settings"]["refinement"];
    EXPECT_LE(
        note["divergence"].get<double>(),
        note["divergence_before"].get<double>());
    EXPECT_GT(note["evaluations"].get<int>(), 1);
    EXPECT_LE(average_bits(plan), 6.0);
    EXPECT_EQ(
        plan["solver"]["method"] == "refined by divergence",
        note["divergence"] != note["divergence_before"]);
  }
  // There is but one plan.
  const ProgramResult only = ompq(
      "search",
      {"--calib", images(), "--avg-bits", "8", "--bits", "8", "--refine", "2"});
  EXPECT_THAT(only.output, HasSubstr("not refined: no plan of "));
  const ProgramResult reused =
      ompq("search", {"--reuse", model(), "--avg-bits", "6", "--refine", "2"});
  EXPECT_EQ(reused.status, 2);
  EXPECT_THAT(reused.error, HasSubstr("--calib"));
}

}  // namespace
}  // namespace ompq
