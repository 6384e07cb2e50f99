// SPDX-License-Identifier: MIT
// `ompq train`: what it writes, and input that it must refuse.
#include <gmock/gmock.h>

#include "tests/cli/train_fixture.h"

namespace ompq {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class TrainCommandTest : public TrainFixture {
 protected:
  void expect_refused(
      int status,
      const std::string& part,
      const std::vector<std::string>& flags) {
    const ProgramResult result = train(flags);
    EXPECT_EQ(result.status, status) << result.error;
    EXPECT_THAT(result.error, HasSubstr(part));
    EXPECT_EQ(result.output, "");
    EXPECT_FALSE(exists("out/model.onnx"));
    EXPECT_FALSE(exists("out/record.json"));
  }
};

TEST_F(TrainCommandTest, WritesANetworkThatCanBeMeasuredAndExported) {
  const ProgramResult result = train(
      {"--bits",
       "4",
       "--eval",
       images(),
       "--eval-labels",
       labels(),
       "--random-crop",
       "--pad",
       "2",
       "--flip",
       "--json"});

  ASSERT_EQ(result.status, 0) << result.error;
  const Json printed = Json::parse(result.output);
  EXPECT_EQ(printed, record());
  EXPECT_GT(printed["float_top1"].get<double>(), 0.8);
  EXPECT_GT(printed["quantized_top1"].get<double>(), 0.5);
  EXPECT_EQ(printed["training"]["steps"], 9);
  EXPECT_EQ(printed["training"]["epochs"].size(), 3U);
  EXPECT_EQ(history()["steps"].size(), 9U);
  EXPECT_THAT(read_text(file("out/epochs.csv")), HasSubstr("epoch,steps,loss"));
  EXPECT_THAT(read_text(file("out/steps.csv")), HasSubstr("\n9,"));
  EXPECT_FALSE(exists("out/checkpoint"));

  const ProgramResult measured =
      ompq({"eval", out(), "--data", images(), "--labels", labels(), "--json"});
  ASSERT_EQ(measured.status, 0) << measured.error;
  EXPECT_EQ(Json::parse(measured.output)["top1"], printed["quantized_top1"]);
  const ProgramResult exported =
      ompq({"export", out(), "--profile", "fast", "-o", file("fast.onnx")});
  EXPECT_EQ(exported.status, 0) << exported.error;
}

/// What judges epochs is what the file computes, to the last rounded bias.
TEST_F(TrainCommandTest, ValidatesTheNetworkThatItWrites) {
  const ProgramResult result = train(
      {"--bits",
       "3",
       "--act-bits",
       "3",
       "--epochs",
       "2",
       "--validate",
       "eval",
       "--keep",
       "last",
       "--eval",
       images(),
       "--eval-labels",
       labels()});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(
      history()["epochs"].back()["validation"]["accuracy"],
      record()["quantized_top1"]);
}

TEST_F(TrainCommandTest, SaysWhereItIs) {
  const ProgramResult result = train({"--bits", "4"});
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("epoch 1: loss"));
  EXPECT_THAT(result.error, HasSubstr("validation: loss"));
  EXPECT_THAT(result.output, HasSubstr("images/s"));
  EXPECT_THAT(result.output, HasSubstr("epochs.csv"));
}

TEST_F(TrainCommandTest, GoesOnFromAQuantizedNetwork) {
  const ProgramResult quantized = run_program(
      {OMPQ_PROGRAM,
       "quantize",
       model(),
       "--calib",
       images(),
       "--preprocess",
       "symmetric",
       "--bits",
       "2",
       "--iterations",
       "5",
       "-o",
       file("small")});
  ASSERT_EQ(quantized.status, 0) << quantized.error;

  const ProgramResult result =
      train({"--from", file("small"), "--learning-rate", "0", "--epochs", "1"});

  ASSERT_EQ(result.status, 0) << result.error;
  // Nothing has moved: the same network comes out.
  const auto top1 = [&](const std::string& network) {
    const ProgramResult measured = ompq(
        {"eval", network, "--data", images(), "--labels", labels(), "--json"});
    EXPECT_EQ(measured.status, 0) << measured.error;
    return Json::parse(measured.output)["top1"].get<double>();
  };
  EXPECT_EQ(top1(out()), top1(file("small")));
  EXPECT_EQ(
      read_json(file("out/plan.json"))["layers"],
      read_json(file("small/plan.json"))["layers"]);
}

TEST_F(TrainCommandTest, RefusesAStartOfOtherWidths) {
  ASSERT_EQ(train({"--bits", "4", "--epochs", "1"}).status, 0);
  Json plan = read_json(file("out/plan.json"));
  for (Json& layer : plan["layers"]) {
    layer["weight_bits"] = 2;
  }
  folder_.write("plan.json", plan.dump());
  fs::rename(out(), file("four"));
  expect_refused(
      2,
      "the plan says 2",
      {"--from", file("four"), "--plan", file("plan.json")});
}

TEST_F(TrainCommandTest, LearnsFromTheFloatNetworkWithoutLabels) {
  const ProgramResult result =
      run_program(unlabelled_words({"--bits", "4", "--distill", "1"}));
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_TRUE(history()["epochs"][0]["training"]["accuracy"].is_null());
  EXPECT_GT(history()["epochs"][0]["training"]["loss"].get<double>(), 0.0);
}

TEST_F(TrainCommandTest, NeedsSomethingToLearnFrom) {
  const ProgramResult result =
      run_program(unlabelled_words({"--bits", "4", "--distill", "0"}));
  EXPECT_EQ(result.status, 2) << result.error;
  EXPECT_THAT(result.error, HasSubstr("the data have no labels"));
  EXPECT_THAT(result.error, HasSubstr("--distill 1"));
  EXPECT_FALSE(exists("out/record.json"));
}

TEST_F(TrainCommandTest, WarnsOfASingleClass) {
  const std::vector<std::int64_t> same(64, 3);
  const std::vector<std::int64_t> count{64};
  write_npy(labels(), count, std::span<const std::int64_t>(same));
  const ProgramResult result = train({"--bits", "4", "--epochs", "1"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("have the label 3"));
}

TEST_F(TrainCommandTest, RefusesLabelsOutsideTheClasses) {
  std::vector<std::int64_t> wrong(64, 3);
  wrong[17] = 10;
  const std::vector<std::int64_t> count{64};
  write_npy(labels(), count, std::span<const std::int64_t>(wrong));
  expect_refused(
      3, "label 10 is outside the network's classes 0 to 9", {"--bits", "4"});
}

TEST_F(TrainCommandTest, StopsAtALossThatIsNotANumber) {
  const ProgramResult result = train(
      {"--bits",
       "4",
       "--act-bits",
       "float",
       "--optimizer",
       "sgd",
       "--learning-rate",
       "100",
       "--step-rate",
       "10",
       "--distill",
       "0",
       "--epochs",
       "20",
       "--schedule",
       "constant"});
  EXPECT_EQ(result.status, 3) << result.error;
  EXPECT_THAT(result.error, HasSubstr("[train] step "));
  EXPECT_THAT(result.error, HasSubstr("--learning-rate"));
  EXPECT_FALSE(exists("out/record.json"));
}

TEST_F(TrainCommandTest, NeedsWidths) {
  expect_refused(2, "the widths are missing", {});
  expect_refused(2, "--plan has the widths", {"--plan", "p", "--bits", "4"});
  expect_refused(2, "--from has the widths", {"--from", "f", "--bits", "4"});
  expect_refused(2, "--bits", {"--bits", "9"});
  expect_refused(
      2, "one width is needed", {"--bits", "4", "--act-bits", "4,8"});
}

TEST_F(TrainCommandTest, RefusesFlagsThatContradictEachOther) {
  expect_refused(2, "--eval is missing", {"--bits", "4", "--validate", "eval"});
  expect_refused(
      2,
      "nothing judges the epochs",
      {"--bits", "4", "--patience", "2", "--validate", "none"});
  expect_refused(2, "without a random crop", {"--bits", "4", "--pad", "4"});
  expect_refused(2, "--optimizer", {"--bits", "4", "--optimizer", "magic"});
  expect_refused(3, "no such file", {"--plan", file("nothing.json")});
}

TEST_F(TrainCommandTest, StopsEarly) {
  // A rate of 0 makes no epoch better than the first: of equal ones the last
  // counts, so that it goes on to the end; a ruinous rate makes them worse.
  const ProgramResult result = train(
      {"--bits",
       "8",
       "--learning-rate",
       "0.5",
       "--schedule",
       "constant",
       "--clip",
       "1",
       "--epochs",
       "30",
       "--patience",
       "2"});
  ASSERT_EQ(result.status, 0) << result.error;
  const auto epochs = history()["epochs"].size();
  EXPECT_LT(epochs, 30U);
  EXPECT_EQ(record()["training"]["best_epoch"].get<std::size_t>() + 2, epochs);
}

TEST_F(TrainCommandTest, KeepsBatchNormalization) {
  for (const char* kind : {"train", "freeze"}) {
    const ProgramResult result = train(
        {"--bits",
         "4",
         "--bn",
         kind,
         "--eval",
         images(),
         "--eval-labels",
         labels(),
         "--json"});
    ASSERT_EQ(result.status, 0) << result.error;
    EXPECT_GT(Json::parse(result.output)["quantized_top1"].get<double>(), 0.4);
    EXPECT_THAT(result.error, Not(HasSubstr("has nothing to keep")));
  }
}

TEST_F(TrainCommandTest, SaysThatThereIsNoBatchNormalizationToKeep) {
  write_onnx(small_network(), model());
  write_images("images.npy", 40);
  write_labels("labels.npy", 40);
  const ProgramResult result = train({"--bits", "4", "--bn", "train"});
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("has nothing to keep"));
}

}  // namespace
}  // namespace ompq
