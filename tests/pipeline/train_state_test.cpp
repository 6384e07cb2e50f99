// SPDX-License-Identifier: MIT
#include "ompq/pipeline/train_state.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

const std::string kRun(64, 'r');

TrainState some_state() {
  return {
      .trainer = std::string("a\nb\0c", 5),
      .history =
          {.steps =
               {{.step = 1,
                 .learning_rate = 0.1 / 3.0,
                 .training = {.loss = 1.0 / 7.0, .accuracy = 0.25},
                 .gradient_norm = 2.0}},
           .epochs = {}},
      .sums = {
          .loss = 0.1 + 0.2, .hits = 3, .examples = 12, .has_labels = true}};
}

class TrainStateFile : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const {
    return folder_.path() / "state.bin";
  }

  TempDir folder_;
};

TEST_F(TrainStateFile, ComesBackBitForBit) {
  write_train_state(path(), kRun, some_state());
  const auto read = read_train_state(path(), kRun);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->trainer, some_state().trainer);
  EXPECT_EQ(read->history, some_state().history);
  EXPECT_EQ(read->sums.loss, some_state().sums.loss);
  EXPECT_EQ(read->sums.hits, 3);
  EXPECT_EQ(read->sums.examples, 12);
  EXPECT_TRUE(read->sums.has_labels);
}

TEST_F(TrainStateFile, IsNothingIfMissingOrOfAnotherRun) {
  EXPECT_FALSE(read_train_state(path(), kRun).has_value());
  write_train_state(path(), kRun, some_state());
  EXPECT_FALSE(read_train_state(path(), std::string(64, 's')).has_value());
}

TEST_F(TrainStateFile, IsNothingWhereverItIsDamaged) {
  write_train_state(path(), kRun, some_state());
  const std::string bytes = read_text(path());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    folder_.write("state.bin", damaged);
    EXPECT_FALSE(read_train_state(path(), kRun).has_value()) << i;
  }
  for (const std::size_t size : {std::size_t{0}, bytes.size() / 2}) {
    folder_.write("state.bin", bytes.substr(0, size));
    EXPECT_FALSE(read_train_state(path(), kRun).has_value()) << size;
  }
}

TEST(EpochSums, AreMeansOverExamples) {
  const EpochSums sums{
      .loss = 6.0, .hits = 3, .examples = 12, .has_labels = true};
  EXPECT_DOUBLE_EQ(sums.score().loss, 0.5);
  EXPECT_DOUBLE_EQ(*sums.score().accuracy, 0.25);
  EXPECT_FALSE(EpochSums{}.score().accuracy.has_value());
  EXPECT_EQ(EpochSums{}.score().loss, 0.0);
}

}  // namespace
}  // namespace ompq
