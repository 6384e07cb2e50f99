// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/loss_curve.h"

#include <gtest/gtest.h>

#include "ompq/reconstruction/quantize_unit.h"

namespace ompq {
namespace {

TEST(LossCurve, KeepsEveryLossOfAShortRun) {
  LossCurve curve(3);
  for (const double loss : {4.0, 2.0, 1.0}) {
    curve.add(loss);
  }

  const std::vector<LossPoint> points = curve.points();

  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].step, 1);
  EXPECT_EQ(points[2].loss, 1.0);
}

TEST(LossCurve, AveragesStretchesOfALongRun) {
  LossCurve curve(250);
  for (int i = 0; i < 250; ++i) {
    curve.add(i);
  }

  const std::vector<LossPoint> points = curve.points();

  ASSERT_EQ(points.size(), 50U);
  EXPECT_EQ(points.front().step, 5);
  EXPECT_EQ(points.front().loss, 2.0);
  EXPECT_EQ(points.back().step, 250);
  EXPECT_EQ(points.back().loss, 247.0);
}

TEST(LossCurve, EndsWithTheStepsThatFillNoStretch) {
  LossCurve curve(101);
  for (int i = 0; i < 101; ++i) {
    curve.add(i);
  }

  const std::vector<LossPoint> points = curve.points();

  ASSERT_LE(points.size(), 50U);
  EXPECT_EQ(points.back().step, 101);
  EXPECT_EQ(points.back().loss, 99.5);
}

TEST(LossCurve, IsEmptyWithoutSteps) {
  EXPECT_TRUE(LossCurve(0).points().empty());
}

TEST(WithEarlier, TakesTheFirstMeasurementByName) {
  const std::vector<LayerReport> before{
      {.name = "a", .sqnr_before_db = 5.0, .sqnr_db = 5.0},
      {.name = "b", .sqnr_before_db = 7.0, .sqnr_db = 9.0}};

  const std::vector<LayerReport> layers = with_earlier(
      {{.name = "b", .sqnr_before_db = 9.0, .sqnr_db = 12.0},
       {.name = "c", .sqnr_before_db = 3.0, .sqnr_db = 3.0}},
      before);

  EXPECT_EQ(layers[0].sqnr_before_db, 7.0);
  EXPECT_EQ(layers[0].sqnr_db, 12.0);
  EXPECT_EQ(layers[1].sqnr_before_db, 3.0);
}

}  // namespace
}  // namespace ompq
