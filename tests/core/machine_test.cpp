// SPDX-License-Identifier: MIT
#include "ompq/core/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ompq {
namespace {

TEST(Machine, HasCoresAndMemory) {
  const Machine machine = describe_machine();

  EXPECT_GE(machine.cores, 1);
  EXPECT_GT(machine.memory.count, std::int64_t{1} << 24);
  EXPECT_FALSE(machine.system.empty());
  EXPECT_EQ(to_json(machine)["cores"], machine.cores);
}

TEST(TimeNow, IsUtcToTheSecond) {
  EXPECT_THAT(
      time_now(),
      ::testing::MatchesRegex(
          "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
}

}  // namespace
}  // namespace ompq
