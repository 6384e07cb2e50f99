// SPDX-License-Identifier: MIT
#include "ompq/pipeline/checkpoint.h"

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "ompq/core/error.h"
#include "ompq/pipeline/unit_record.h"

#include "tests/pipeline/some_unit.h"
#include "tests/support/expect_error.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

const std::string kRun(32, 'r');

class Warnings : public Observer {
 public:
  void warn(const std::string& message) override { texts.push_back(message); }
  std::vector<std::string> texts;
};

Json identity() {
  return Json::parse(R"({"model": "abc", "options": {"seed": 0, "rate": 0.1},
                         "plan": [2, 4]})");
}

TEST(UnitRecord, HoldsEveryField) {
  const auto read =
      read_unit_record(write_unit_record(5, kRun, some_unit(1)), 5, kRun);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(is_same(*read, some_unit(1)));
  EXPECT_FALSE(is_same(*read, some_unit(2)));
}

TEST(UnitRecord, HoldsAUnitWithoutLayers) {
  const std::string bytes = write_unit_record(0, kRun, UnitResult{});
  const auto read = read_unit_record(bytes, 0, kRun);
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(is_same(*read, UnitResult{}));
}

TEST(UnitRecord, IsOfOneUnitAndOneRun) {
  const std::string bytes = write_unit_record(5, kRun, some_unit(1));
  EXPECT_FALSE(read_unit_record(bytes, 4, kRun).has_value());
  EXPECT_FALSE(read_unit_record(bytes, 5, std::string(32, 's')).has_value());
}

TEST(UnitRecord, IsRefusedWhereverItWasCutOff) {
  const std::string bytes = write_unit_record(5, kRun, some_unit(1));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(read_unit_record(bytes.substr(0, size), 5, kRun).has_value())
        << size;
  }
  EXPECT_FALSE(read_unit_record(bytes + 'x', 5, kRun).has_value());
}

TEST(UnitRecord, IsRefusedWhicheverBitWasTurned) {
  const std::string bytes = write_unit_record(5, kRun, some_unit(1));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(read_unit_record(damaged, 5, kRun).has_value()) << bit;
  }
}

class CheckpointTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path() const { return folder_.path() / "out" / "cp"; }

  std::unique_ptr<Checkpoint> open(const Json& of, bool restart = false) {
    return std::make_unique<Checkpoint>(path(), of, restart, warnings_);
  }

  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TempDir folder_;
  Warnings warnings_;
};

TEST_F(CheckpointTest, GivesBackWhatWasSaved) {
  open(identity())->save(3, some_unit(1));

  const auto again = open(identity());

  EXPECT_FALSE(again->load(0).has_value());
  const auto unit = again->load(3);
  ASSERT_TRUE(unit.has_value());
  EXPECT_TRUE(is_same(*unit, some_unit(1)));
  EXPECT_EQ(again->loaded(), 1U);
  EXPECT_TRUE(warnings_.texts.empty());
}

TEST_F(CheckpointTest, NamesTheFieldInWhichTheRunsDiffer) {
  open(identity())->save(0, some_unit(1));
  const auto refuses = [&](const std::string& part, auto change) {
    Json other = identity();
    change(other);
    expect_error(ErrorCode::InvalidArgument, part, [&] { open(other); });
    expect_error(ErrorCode::InvalidArgument, "--restart", [&] { open(other); });
  };
  refuses("options.seed = 0, this one has 1", [](Json& json) {
    json["options"]["seed"] = 1;
  });
  refuses("model = \"abc\", this one has \"d\"", [](Json& json) {
    json["model"] = "d";
  });
  refuses("plan = [2,4], this one has [2,3]", [](Json& json) {
    json["plan"][1] = 3;
  });
  refuses("options.rate = 0.1, this one has absent", [](Json& json) {
    json["options"].erase("rate");
  });
  refuses("options.new = absent", [](Json& json) {
    json["options"]["new"] = true;
  });
  EXPECT_TRUE(open(identity())->load(0).has_value());
}

TEST_F(CheckpointTest, RestartForgetsWhatWasSaved) {
  open(identity())->save(0, some_unit(1));
  Json other = identity();
  other["model"] = "other";

  EXPECT_FALSE(open(other, true)->load(0).has_value());

  EXPECT_FALSE(open(other)->load(0).has_value());
  EXPECT_EQ(files(), (std::vector<std::string>{"lock", "run.json"}));
}

TEST_F(CheckpointTest, IgnoresDamagedUnitsWithAWarning) {
  open(identity())->save(0, some_unit(1));
  const fs::path file = path() / "unit_0000.bin";
  const std::string bytes = read_text(file);
  for (const std::size_t size : {std::size_t{0}, bytes.size() / 2}) {
    folder_.write(file, std::string_view(bytes).substr(0, size));
    warnings_.texts.clear();
    EXPECT_FALSE(open(identity())->load(0).has_value());
    ASSERT_EQ(warnings_.texts.size(), 1U);
    EXPECT_NE(warnings_.texts[0].find("unit_0000.bin"), std::string::npos);
  }
  const auto checkpoint = open(identity());
  checkpoint->save(0, some_unit(2));
  EXPECT_TRUE(is_same(*checkpoint->load(0), some_unit(2)));
}

TEST_F(CheckpointTest, BeginsAnewIfItsHeaderIsDamaged) {
  open(identity())->save(0, some_unit(1));
  folder_.write(path() / "run.json", "{\"model\": ");

  EXPECT_FALSE(open(identity())->load(0).has_value());

  EXPECT_EQ(warnings_.texts.size(), 1U);
}

TEST_F(CheckpointTest, RemovesWhatAKilledProcessLeftHalfWritten) {
  open(identity())->save(0, some_unit(1));
  folder_.write(path() / "unit_0001.bin.Ab12Cd", "half");
  folder_.write(path() / "run.json.Ab12Cd", "half");

  open(identity());

  EXPECT_EQ(
      files(), (std::vector<std::string>{"lock", "run.json", "unit_0000.bin"}));
}

TEST_F(CheckpointTest, IsOfOneProcessAtATime) {
  const auto first = open(identity());
  expect_error(
      ErrorCode::InvalidArgument, "another process", [&] { open(identity()); });
}

TEST_F(CheckpointTest, DisappearsWhenTheRunHasFinished) {
  const auto checkpoint = open(identity());
  checkpoint->save(0, some_unit(1));
  checkpoint->remove();
  EXPECT_FALSE(fs::exists(path()));
}

TEST_F(CheckpointTest, FailsWhereNoFolderCanBe) {
  folder_.write("out", "a file");
  expect_error(ErrorCode::OutputFailed, "out/cp", [&] { open(identity()); });
}

TEST_F(CheckpointTest, LeavesNothingHalfWrittenOnAFullDisk) {
  const auto checkpoint = open(identity());
  checkpoint->save(0, some_unit(1));
  const auto before = files();
  // A file that would grow beyond the limit fails like one on a full disk.
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  rlimit small = old;
  small.rlim_cur = 100;
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  expect_error(ErrorCode::OutputFailed, "unit_0001.bin", [&] {
    checkpoint->save(1, some_unit(2));
  });
  expect_error(ErrorCode::OutputFailed, "unit_0000.bin", [&] {
    checkpoint->save(0, some_unit(2));
  });
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_EQ(files(), before);
  EXPECT_TRUE(is_same(*checkpoint->load(0), some_unit(1)));
}

}  // namespace
}  // namespace ompq
