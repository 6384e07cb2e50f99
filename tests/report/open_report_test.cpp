// SPDX-License-Identifier: MIT
#include "ompq/report/open_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/report_files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OpenReport : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const Json& json) {
    return folder_.write(name, json.dump());
  }
  [[nodiscard]] std::filesystem::path out() const {
    return folder_.path() / "out";
  }

  TempDir folder_;
};

TEST_F(OpenReport, TakesEverythingInAFolder) {
  file("out/plan.json", some_plan());
  file("out/record.json", some_record());
  file("out/front.json", some_front());
  file("out/study.json", some_study());
  file("out/history.json", some_history());

  const ReportData data = open_report({out() / ""});

  EXPECT_THAT(data.notices, IsEmpty());
  ASSERT_EQ(data.runs.size(), 1U);
  const RunReport& run = data.runs.front();
  EXPECT_EQ(run.name, "out");
  EXPECT_EQ(run.record->quantized_accuracy->top1, 0.5);
  EXPECT_EQ(run.record->units.front().losses.back(), std::pair(4.0, 0.25));
  EXPECT_EQ(training_of(run)->curves.front().name, "training loss");
  EXPECT_EQ(training_of(run)->curves.front().points.size(), 2U);
  EXPECT_EQ(data.front->points.size(), 2U);
  EXPECT_EQ(data.study->scores.front().cells.front().correlation->low, 0.5);
  const std::vector<ReportLayer> layers = report_layers(run);
  ASSERT_EQ(layers.size(), 3U);
  EXPECT_EQ(layers[1].plan.gamma, 0.5);
  EXPECT_EQ(layers[1].error, 0.25);
  EXPECT_EQ(layers[1].sqnr_before_db, 10.0);
  EXPECT_EQ(layers[1].sqnr_after_db, 20.0);
  const RunTotals totals = run_totals(run).value();
  EXPECT_EQ(totals.file_bytes, 4321);
  EXPECT_TRUE(totals.is_file_measured);
  EXPECT_EQ(totals.bit_operations, 3 * 5000 * 4.0 * 8.0);
}

TEST_F(OpenReport, TakesTheTrainingFromTheRecordWithoutAHistory) {
  Json record = some_record();
  record["training"] = some_history();

  const ReportData data = open_report({file("record.json", record)});

  EXPECT_EQ(training_of(data.runs.front())->curves.size(), 2U);
}

TEST_F(OpenReport, ShowsStepsOfATrainingWithoutAnEpoch) {
  Json history = some_history();
  history["epochs"] = Json::array();
  history["steps"].push_back(
      {{"step", 3}, {"learning_rate", 0.5}, {"training", {{"loss", 2.0}}}});
  history["steps"].push_back("damaged");

  const ReportData data = open_report({file("history.json", history)});

  const TrainingHistory& training = *data.runs.front().training;
  EXPECT_EQ(training.unit, "step");
  EXPECT_EQ(training.curves.back().name, "training loss");
  EXPECT_EQ(training.curves.back().points, (Curve{{3.0, 2.0}}));
  EXPECT_THAT(
      data.notices, Contains(HasSubstr("steps[1]: expected an object")));
}

TEST_F(OpenReport, KnowsFilesByWhatTheyHoldNotByTheirNames) {
  const ReportData data = open_report(
      {file("a", some_front()),
       file("b", some_plan()),
       file("c", some_study())});

  EXPECT_TRUE(data.runs.front().plan && data.front && data.study);
}

TEST_F(OpenReport, ShowsAFrontWithoutARun) {
  const ReportData data = open_report({file("front.json", some_front())});

  EXPECT_THAT(data.runs, IsEmpty());
  EXPECT_TRUE(data.front);
}

TEST_F(OpenReport, TakesLayersFromTheRecordWhereThePlanIsOfAnotherVersion) {
  Json plan = some_plan();
  plan["version"] = 99;
  file("out/plan.json", plan);
  file("out/record.json", some_record());

  const ReportData data = open_report({out()});

  EXPECT_THAT(data.notices, Contains(HasSubstr("plan.json: version")));
  EXPECT_EQ(report_layers(data.runs.front()).size(), 3U);
  EXPECT_FALSE(run_totals(data.runs.front())->bit_operations);
}

TEST_F(OpenReport, SaysWhatRecordsOfOtherVersionsLack) {
  Json older = some_record();
  older["format"] = 1;
  older.erase("command");
  older["units"][0].erase("losses");
  Json newer = some_record();
  newer["format"] = 3;
  newer["layers"] = "elsewhere";
  newer["something new"] = {1, 2};

  const ReportData before = open_report({file("old.json", older)});
  const ReportData after = open_report({file("new.json", newer)});

  EXPECT_THAT(before.notices, Contains(HasSubstr("format 1 is of an older")));
  EXPECT_EQ(before.runs.front().record->units.size(), 1U);
  EXPECT_THAT(after.notices, Contains(HasSubstr("format 3 is newer")));
  EXPECT_THAT(
      after.notices,
      Contains(HasSubstr("layers: expected an array, got \"elsewhere\"")));
  EXPECT_EQ(after.runs.front().record->quantized_accuracy->top1, 0.5);
}

TEST_F(OpenReport, LeavesOutOnlyTheSectionThatIsDamaged) {
  Json record = some_record();
  record["seconds"]["decode"] = "soon";
  record["float"].erase("top1");

  const ReportData data = open_report({file("record.json", record)});

  EXPECT_EQ(data.notices.size(), 2U);
  EXPECT_FALSE(data.runs.front().record->float_accuracy);
  EXPECT_TRUE(data.runs.front().record->quantized_accuracy);
  EXPECT_EQ(data.runs.front().record->units.size(), 1U);
}

TEST_F(OpenReport, RefusesWhatIsAboutAnotherModel) {
  const auto other = file("plan.json", some_plan(std::string(64, 'b')));
  const auto record = file("record.json", some_record());

  expect_error(ErrorCode::InvalidPlan, "for another model", [&] {
    static_cast<void>(open_report({record, other}));
  });
}

TEST_F(OpenReport, RefusesWhatIsNoFileOfOmpq) {
  const auto stray = file("stray.json", {{"answer", 42}});
  const auto broken = folder_.write("broken.json", "{\"format\": ");
  std::filesystem::create_directory(out());

  expect_error(ErrorCode::InvalidFile, "stray.json: expected plan.json", [&] {
    static_cast<void>(open_report({stray}));
  });
  expect_error(ErrorCode::InvalidFile, "broken.json", [&] {
    static_cast<void>(open_report({broken}));
  });
  expect_error(ErrorCode::NotFound, "the folder has no record.json", [&] {
    static_cast<void>(open_report({out()}));
  });
}

TEST_F(OpenReport, RefusesTwoFilesOfAKind) {
  const auto first = file("a.json", some_plan());
  const auto second = file("b.json", some_plan());

  expect_error(ErrorCode::InvalidArgument, "b.json: a second plan", [&] {
    static_cast<void>(open_report({first, second}));
  });
}

TEST_F(OpenReport, NamesTheFieldOfADamagedFront) {
  Json front = some_front();
  front["points"][1]["weight_bits"] = {4, 4};

  expect_error(
      ErrorCode::InvalidFile, "points[1].weight_bits: expected 3 widths", [&] {
        static_cast<void>(open_report({file("front.json", front)}));
      });
}

TEST_F(OpenReport, ComparesRunsOfOneModel) {
  file("a/out/plan.json", some_plan());
  file("b/out/record.json", some_record());

  const ReportData data =
      open_comparison({folder_.path() / "a/out", folder_.path() / "b/out"});

  ASSERT_EQ(data.runs.size(), 2U);
  EXPECT_EQ(data.runs[0].name, "out");
  EXPECT_THAT(data.runs[1].name, HasSubstr("b/out"));
}

TEST_F(OpenReport, RefusesToCompareDifferentNetworks) {
  Json other = some_plan();
  other["layers"][1]["name"] = "renamed";
  const auto first = file("a.json", some_plan());
  const auto second = file("b.json", other);
  const auto front = file("front.json", some_front());

  expect_error(
      ErrorCode::InvalidPlan, "layer 2 is 'second' with 1000 weights", [&] {
        static_cast<void>(open_comparison({first, second}));
      });
  expect_error(ErrorCode::InvalidFile, "front.json: expected a plan", [&] {
    static_cast<void>(open_comparison({first, front}));
  });
}

}  // namespace
}  // namespace ompq
