// SPDX-License-Identifier: MIT
#include "ompq/metrics/accuracy.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

TEST(AccuracyMeter, CountsHitsByRank) {
  const std::vector<float> scores{0.1F, 0.9F, 0.5F, 0.3F, 0.2F, 0.0F, 0.4F};
  AccuracyMeter meter;

  meter.add(scores, 1);
  meter.add(scores, 4);
  meter.add(scores, 5);

  EXPECT_EQ(meter.images(), 3);
  EXPECT_EQ(meter.top1_hits(), 1);
  EXPECT_EQ(meter.top5_hits(), 2);
  EXPECT_DOUBLE_EQ(meter.top1(), 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(meter.top5(), 2.0 / 3.0);
}

TEST(AccuracyMeter, GivesTiesToTheSmallerIndex) {
  AccuracyMeter meter;
  meter.add(std::vector<float>{1.0F, 1.0F}, 0);
  meter.add(std::vector<float>{1.0F, 1.0F}, 1);
  EXPECT_EQ(meter.top1_hits(), 1);
}

TEST(AccuracyMeter, CountsNaNAsAMiss) {
  AccuracyMeter meter;
  meter.add(std::vector<float>{NAN, NAN}, 0);
  EXPECT_EQ(meter.top1_hits(), 0);
  EXPECT_EQ(meter.images(), 1);
}

TEST(AccuracyMeter, RejectsALabelOutsideTheClasses) {
  AccuracyMeter meter;
  const std::vector<float> scores{0.0F, 1.0F};
  EXPECT_THROW(meter.add(scores, 2), Error);
  EXPECT_THROW(meter.add(scores, -1), Error);
}

}  // namespace
}  // namespace ompq
