// SPDX-License-Identifier: MIT
#include "ompq/training/schedule.h"

#include <gtest/gtest.h>

namespace ompq {
namespace {

constexpr std::int64_t kSteps = 100;

TEST(Schedule, FallsAsACosine) {
  const TrainingOptions options{.epochs = 4, .learning_rate = 2.0};
  EXPECT_NEAR(learning_rate_at(options, 0, kSteps), 2.0, 1e-4);
  EXPECT_NEAR(
      learning_rate_at(options, 199, kSteps) +
          learning_rate_at(options, 200, kSteps),
      2.0,
      1e-9);
  EXPECT_NEAR(learning_rate_at(options, 399, kSteps), 0.0, 1e-4);
  EXPECT_GT(learning_rate_at(options, 399, kSteps), 0.0);
}

TEST(Schedule, FallsAtMilestones) {
  const TrainingOptions options{
      .epochs = 9,
      .learning_rate = 1.0,
      .schedule = ScheduleKind::Step,
      .milestones = {3, 6},
      .decay = 0.2};
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 299, kSteps), 1.0);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 300, kSteps), 0.2);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 600, kSteps), 0.2 * 0.2);
}

TEST(Schedule, RisesWhileItWarmsUp) {
  const TrainingOptions options{
      .learning_rate = 1.0, .schedule = ScheduleKind::Constant, .warm_up = 0.5};
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 0, kSteps), 0.01);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 24, kSteps), 0.49);
  EXPECT_DOUBLE_EQ(learning_rate_at(options, 50, kSteps), 1.0);
}

}  // namespace
}  // namespace ompq
