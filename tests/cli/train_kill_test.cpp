// SPDX-License-Identifier: MIT
// `ompq train` that is killed, interrupted or runs out of disk, and goes on.
#include <csignal>

#include <gmock/gmock.h>

#include "tests/cli/train_fixture.h"
#include "tests/support/run_until.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kState = "out/checkpoint/training_state.bin";

class TrainKill : public TrainFixture {
 protected:
  /// A checkpoint after each step, so that there is much to go on from.
  [[nodiscard]] std::vector<std::string> words() const {
    return train_words(
        {"--bits",
         "3",
         "--checkpoint-minutes",
         "0",
         "--epochs",
         "4",
         "--flip",
         "--average",
         "0.9"});
  }

  struct Result {
    std::string model;
    std::string history;
    std::string steps;
    friend bool operator==(const Result&, const Result&) = default;
  };

  [[nodiscard]] Result result() const {
    return {
        read_text(file("out/model.onnx")),
        read_text(file("out/history.json")),
        read_text(file("out/steps.csv"))};
  }

  Result undisturbed() {
    const ProgramResult run = run_program(words());
    EXPECT_EQ(run.status, 0) << run.error;
    Result expected = result();
    fs::remove_all(out());
    return expected;
  }

  /// True once the checkpoint has been written `count` times.
  [[nodiscard]] std::function<bool()> is_written(int count) const {
    return [path = file(kState),
            count,
            seen = 0,
            last = fs::file_time_type::min()]() mutable {
      std::error_code status;
      const auto time = fs::last_write_time(path, status);
      if (!status && time != last) {
        last = time;
        ++seen;
      }
      return seen >= count;
    };
  }

  void expect_nothing_half_written() const {
    EXPECT_FALSE(exists("out/record.json"));
    if (exists("out/model.onnx")) {
      EXPECT_NO_THROW(static_cast<void>(read_onnx(file("out/model.onnx"))));
    }
  }
};

TEST_F(TrainKill, GoesOnWithTheSameHistoryAndBytes) {
  const Result expected = undisturbed();
  ASSERT_GT(expected.steps.size(), 100U);
  for (const int count : {1, 5}) {
    const int status = run_until(words(), SIGKILL, is_written(count));
    EXPECT_EQ(status, 128 + SIGKILL);
    expect_nothing_half_written();

    const ProgramResult run = run_program(words());

    ASSERT_EQ(run.status, 0) << run.error;
    EXPECT_EQ(result(), expected) << count;
    EXPECT_GT(record()["training"]["resumed_steps"].get<int>(), 0);
    EXPECT_FALSE(exists("out/checkpoint"));
    fs::remove_all(out());
  }
}

TEST_F(TrainKill, StopsAtCtrlCAndGoesOn) {
  const Result expected = undisturbed();
  const int status = run_until(words(), SIGINT, is_written(2));
  EXPECT_EQ(status, 130);
  expect_nothing_half_written();
  ASSERT_TRUE(exists(kState));

  const ProgramResult run = run_program(words());

  ASSERT_EQ(run.status, 0) << run.error;
  EXPECT_EQ(result(), expected);
}

TEST_F(TrainKill, StopsAtOnceAtTheSecondCtrlC) {
  const Result expected = undisturbed();
  const int status = run_until(words(), SIGINT, is_written(2), 2);
  EXPECT_EQ(status, 130);
  expect_nothing_half_written();

  const ProgramResult run = run_program(words());

  ASSERT_EQ(run.status, 0) << run.error;
  EXPECT_EQ(result(), expected);
}

TEST_F(TrainKill, RefusesTheCheckpointOfAnotherRun) {
  run_until(words(), SIGKILL, is_written(1));
  ASSERT_TRUE(exists(kState));
  const auto refuses = [&](const std::string& part,
                           const std::vector<std::string>& flags) {
    std::vector<std::string> other = words();
    other.insert(other.end(), flags.begin(), flags.end());
    const ProgramResult run = run_program(other);
    EXPECT_EQ(run.status, 2) << run.error;
    EXPECT_THAT(run.error, HasSubstr(part));
    EXPECT_THAT(run.error, HasSubstr("--restart"));
  };
  refuses("plan.stage1_block1.conv1.conv", {"--act-bits", "6"});
  refuses("options.learning-rate", {"--learning-rate", "0.02"});
  refuses("training.examples", {"--samples", "20"});

  std::vector<std::string> anew = words();
  anew.insert(anew.end(), {"--learning-rate", "0.02", "--restart"});
  const ProgramResult run = run_program(anew);
  EXPECT_EQ(run.status, 0) << run.error;
  EXPECT_EQ(record()["training"]["resumed_steps"], 0);
}

TEST_F(TrainKill, BeginsAnewFromADamagedCheckpoint) {
  const Result expected = undisturbed();
  run_until(words(), SIGKILL, is_written(2));
  folder_.write(kState, read_text(file(kState)).substr(0, 1000));

  const ProgramResult run = run_program(words());

  ASSERT_EQ(run.status, 0) << run.error;
  EXPECT_THAT(run.error, HasSubstr("damaged"));
  EXPECT_EQ(result(), expected);
}

TEST_F(TrainKill, LeavesNothingHalfWrittenOnAFullDisk) {
  // No file may grow beyond 64 KiB, as if the disk were full there: the state
  // does not fit.
  std::string command = "trap '' XFSZ; ulimit -f 64; exec";
  for (const std::string& word : words()) {
    command += " '" + word + "'";
  }
  const ProgramResult full = run_program({"/bin/bash", "-c", command});
  EXPECT_EQ(full.status, 3) << full.error;
  EXPECT_THAT(full.error, HasSubstr("nothing was written"));
  expect_nothing_half_written();
  EXPECT_FALSE(exists(kState));
}

}  // namespace
}  // namespace ompq
