// SPDX-License-Identifier: MIT
// `ompq quantize` that is killed, interrupted or runs out of disk, and goes on.
#include <csignal>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "ompq/data/synthetic_dataset.h"

#include "tests/cli/quantize_fixture.h"
#include "tests/support/run_until.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// The bundled example with its own pictures.
class QuantizeKill : public QuantizeFixture {
 protected:
  QuantizeKill() {
    fs::copy_file(
        fs::path(OMPQ_SOURCE_DIR) / "examples/bundled/shapes10.onnx",
        model(),
        fs::copy_options::overwrite_existing);
    constexpr std::int64_t kPictures = 48;
    const SyntheticDataset pictures({.size = kPictures});
    std::vector<std::uint8_t> pixels;
    std::vector<std::int64_t> classes;
    for (std::int64_t i = 0; i < kPictures; ++i) {
      const Sample sample = pictures.get(i);
      pixels.insert(
          pixels.end(),
          sample.image->pixels.begin(),
          sample.image->pixels.end());
      classes.push_back(*sample.label);
    }
    const std::vector<std::int64_t> shape{kPictures, 32, 32, 3};
    write_npy(images(), shape, std::span<const std::uint8_t>(pixels));
    const std::vector<std::int64_t> count{kPictures};
    write_npy(labels(), count, std::span<const std::int64_t>(classes));
  }

  [[nodiscard]] std::vector<std::string> words() const {
    return quantize_words(
        {"--bits",
         "3",
         "--preprocess",
         "symmetric",
         "--eval",
         images(),
         "--eval-labels",
         labels()});
  }

  [[nodiscard]] std::function<bool()> appears(const std::string& name) const {
    return [path = file(name)] { return fs::exists(path); };
  }

  /// model.onnx of a run that nothing disturbs; leaves no folder behind.
  std::string undisturbed() {
    const ProgramResult result = run_program(words());
    EXPECT_EQ(result.status, 0) << result.error;
    const std::string bytes = read_text(file("out/model.onnx"));
    fs::remove_all(out());
    return bytes;
  }

  /// What a stopped run may leave: whole files only.
  void expect_nothing_half_written() const {
    EXPECT_FALSE(exists("out/record.json"));
    if (exists("out/model.onnx")) {
      EXPECT_NO_THROW(static_cast<void>(read_onnx(file("out/model.onnx"))));
    }
    if (exists("out/plan.json")) {
      EXPECT_NO_THROW(static_cast<void>(read_json(file("out/plan.json"))));
    }
  }
};

TEST_F(QuantizeKill, GoesOnWhereItWasAndGivesTheSameBytes) {
  const std::string expected = undisturbed();
  ASSERT_GT(expected.size(), 10000U);
  for (const char* moment :
       {"out",
        "out/checkpoint/run.json",
        "out/checkpoint/unit_0000.bin",
        "out/checkpoint/unit_0002.bin",
        "out/model.onnx"}) {
    const int status = run_until(words(), SIGKILL, appears(moment));
    EXPECT_EQ(status, 128 + SIGKILL) << moment;
    expect_nothing_half_written();
    const bool has_units = exists("out/checkpoint/unit_0000.bin");

    const ProgramResult result = run_program(words());

    ASSERT_EQ(result.status, 0) << moment << ": " << result.error;
    EXPECT_EQ(read_text(file("out/model.onnx")), expected) << moment;
    EXPECT_EQ(record()["resumed_units"].get<int>() > 0, has_units) << moment;
    EXPECT_FALSE(exists("out/checkpoint")) << moment;
    fs::remove_all(out());
  }
}

TEST_F(QuantizeKill, SurvivesSeveralKillsInARow) {
  const std::string expected = undisturbed();
  for (const int unit : {0, 1, 3}) {
    run_until(
        words(),
        SIGKILL,
        appears(fmt::format("out/checkpoint/unit_{:04}.bin", unit)));
  }
  const ProgramResult result = run_program(words());
  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(read_text(file("out/model.onnx")), expected);
}

TEST_F(QuantizeKill, StopsAtCtrlCAndGoesOn) {
  const std::string expected = undisturbed();
  // Long enough that the signal arrives before the end.
  const int status =
      run_until(words(), SIGINT, appears("out/checkpoint/unit_0000.bin"));
  EXPECT_EQ(status, 130);
  expect_nothing_half_written();
  ASSERT_TRUE(exists("out/checkpoint/unit_0000.bin"));

  const ProgramResult result = run_program(words());

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(read_text(file("out/model.onnx")), expected);
}

TEST_F(QuantizeKill, RefusesTheCheckpointOfAnotherRun) {
  run_until(words(), SIGKILL, appears("out/checkpoint/unit_0001.bin"));
  const auto refuses = [&](const std::string& part,
                           const std::vector<std::string>& flags) {
    std::vector<std::string> other = words();
    other.insert(other.end(), flags.begin(), flags.end());
    const ProgramResult result = run_program(other);
    EXPECT_EQ(result.status, 2) << result.error;
    EXPECT_THAT(result.error, HasSubstr(part));
    EXPECT_THAT(result.error, HasSubstr("--restart"));
  };
  refuses("options.seed = 0, this one has 1", {"--seed", "1"});
  refuses("options.drop", {"--drop", "0.25"});
  refuses("calibration.examples", {"--samples", "20"});
  refuses("plan.", {"--pin", "stem.conv=5"});

  std::vector<std::string> anew = words();
  anew.insert(anew.end(), {"--seed", "1", "--restart"});
  const ProgramResult result = run_program(anew);
  EXPECT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(record()["resumed_units"], 0);
}

TEST_F(QuantizeKill, ComputesDamagedUnitsAgain) {
  const std::string expected = undisturbed();
  run_until(words(), SIGKILL, appears("out/checkpoint/unit_0002.bin"));
  const std::string unit = "out/checkpoint/unit_0001.bin";
  folder_.write(unit, read_text(file(unit)).substr(0, 100));

  const ProgramResult result = run_program(words());

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_THAT(result.error, HasSubstr("unit_0001.bin: damaged"));
  EXPECT_EQ(read_text(file("out/model.onnx")), expected);
}

TEST_F(QuantizeKill, LeavesNothingHalfWrittenOnAFullDisk) {
  const std::string expected = undisturbed();
  // No file may grow beyond 16 KiB, as if the disk were full there: units fit
  // at first, later ones or the model do not.
  std::string command = "trap '' XFSZ; ulimit -f 16; exec";
  for (const std::string& word : words()) {
    command += " '" + word + "'";
  }
  const ProgramResult full = run_program({"/bin/bash", "-c", command});
  EXPECT_EQ(full.status, 3) << full.error;
  EXPECT_THAT(full.error, HasSubstr("nothing was written"));
  expect_nothing_half_written();
  for (const auto& entry : fs::recursive_directory_iterator(out())) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(
        entry.is_directory() || name == "lock" || name.ends_with(".bin") ||
        name.ends_with(".json"))
        << name;
  }

  const ProgramResult result = run_program(words());

  ASSERT_EQ(result.status, 0) << result.error;
  EXPECT_EQ(read_text(file("out/model.onnx")), expected);
}

}  // namespace
}  // namespace ompq
