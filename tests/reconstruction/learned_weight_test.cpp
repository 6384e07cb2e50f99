// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/learned_weight.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

constexpr IntegerGrid kGrid{.bits = 3};

at::Tensor some_weights() {
  at::manual_seed(5);
  return at::randn({6, 20});
}

RoundedRows some_rows(const RowScaleOptions& options = {.grid = kGrid}) {
  return round_to_nearest(some_weights(), options);
}

StepSettings settings_at(int step) {
  return {.code_rate = 0.05, .scale_rate = 2e-3, .step = step};
}

class LearnedWeightTest : public testing::TestWithParam<RoundingKind> {};

TEST_P(LearnedWeightTest, BeginsAtTheNearestIntegers) {
  const RoundedRows rows = some_rows();
  const LearnedWeight learned(rows, kGrid, GetParam());

  if (GetParam() == RoundingKind::StraightThrough) {
    EXPECT_TRUE(tensor_near(learned.values(), rows.values()));
  } else {
    // Soft choices begin at the real weights that the grid holds.
    const at::Tensor inside =
        rows.in_codes(rows.target).clamp(kGrid.lowest(), kGrid.highest());
    const at::Tensor soft =
        (learned.values() / rows.spread_scales()) + rows.spread_zero_points();
    EXPECT_TRUE(tensor_near(soft, inside, {0, 0.02}));
  }
  EXPECT_TRUE(tensor_near(learned.rounded().values(), rows.values()));
}

/// Adam follows the sign of the gradient: the loss |values - wanted|^2 falls.
TEST_P(LearnedWeightTest, ComesCloserToWhatTheLossWants) {
  const at::Tensor wanted = some_weights() + at::randn({6, 20}) * 0.3;
  LearnedWeight learned(some_rows(), kGrid, GetParam());
  const auto loss = [&] {
    return (learned.rounded().values() - wanted).square().sum().item<double>();
  };
  const double before = loss();

  for (int i = 1; i <= 300; ++i) {
    StepSettings settings = settings_at(i);
    settings.code_rate *= 1 - i / 300.0;
    learned.step(2 * (learned.values() - wanted), settings);
  }

  EXPECT_LT(loss(), 0.7 * before);
}

/// d log s of the loss by differences is what moves the scales: down where the
/// loss grows with them.
TEST_P(LearnedWeightTest, MovesScalesAgainstTheGradientOfTheLoss) {
  const at::Tensor gradient = at::randn({6, 20});
  LearnedWeight learned(some_rows(), kGrid, GetParam());
  const at::Tensor scales = learned.rounded().scales;
  const at::Tensor slope = (gradient * learned.values()).sum(1, true);

  learned.step(gradient, {.code_rate = 0.0, .scale_rate = 1e-3, .step = 1});

  const at::Tensor moved = at::log(learned.rounded().scales / scales);
  EXPECT_TRUE(tensor_near(moved, slope.sign() * -1e-3, {1e-2, 1e-6}));
}

TEST_P(LearnedWeightTest, NeverLeavesTheGrid) {
  LearnedWeight learned(some_rows(), kGrid, GetParam());
  const at::Tensor push = some_weights().sign() * -1;
  for (int i = 1; i <= 200; ++i) {
    learned.step(push, {.code_rate = 0.3, .scale_rate = 1e-3, .step = i});
    const RoundedRows rows = learned.rounded();
    ASSERT_TRUE(at::equal(rows.codes, at::round(rows.codes)));
    ASSERT_GE(rows.codes.min().item<float>(), 0.0F);
    ASSERT_LE(rows.codes.max().item<float>(), 7.0F);
    ASSERT_GT(rows.scales.min().item<float>(), 0.0F);
  }
}

TEST_P(LearnedWeightTest, LeavesItsStartAlone) {
  const RoundedRows rows = some_rows();
  const at::Tensor codes = rows.codes.clone();
  const at::Tensor scales = rows.scales.clone();
  LearnedWeight learned(rows, kGrid, GetParam());

  learned.step(at::ones({6, 20}), settings_at(1));

  EXPECT_TRUE(at::equal(rows.codes, codes));
  EXPECT_TRUE(at::equal(rows.scales, scales));
}

TEST_P(LearnedWeightTest, KeepsOneScaleForTheWholeMatrix) {
  LearnedWeight learned(
      some_rows({.grid = kGrid, .per_tensor = true}), kGrid, GetParam());

  for (int i = 1; i <= 5; ++i) {
    learned.step(at::randn({6, 20}), settings_at(i));
  }

  const at::Tensor scales = learned.rounded().scales;
  EXPECT_EQ(scales.min().item<float>(), scales.max().item<float>());
}

TEST_P(LearnedWeightTest, LearnsAScaleForEveryGroupOfColumns) {
  const RoundedRows rows = some_rows({.grid = kGrid, .group_size = 8});
  LearnedWeight learned(rows, kGrid, GetParam());
  at::Tensor gradient = at::zeros({6, 20});
  gradient.narrow(1, 16, 4).copy_(learned.values().narrow(1, 16, 4));

  learned.step(gradient, settings_at(1));

  const at::Tensor ratio = learned.rounded().scales / rows.scales;
  EXPECT_TRUE(tensor_near(ratio.narrow(1, 0, 2), at::ones({6, 2})));
  EXPECT_LT(ratio.select(1, 2).max().item<float>(), 1.0F);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    LearnedWeightTest,
    testing::Values(RoundingKind::StraightThrough, RoundingKind::Adaptive),
    [](const auto& kind) {
      return kind.param == RoundingKind::Adaptive ? "Adaptive"
                                                  : "StraightThrough";
    });

TEST(LearnedWeight, CodesMoveFurtherThanOneStraightThrough) {
  LearnedWeight learned(some_rows(), kGrid, RoundingKind::StraightThrough);
  for (int i = 1; i <= 200; ++i) {
    learned.step(-at::ones({6, 20}), settings_at(i));
  }

  EXPECT_TRUE(learned.rounded().codes.eq(7).all().item<bool>());
}

TEST(LearnedWeight, AdaptiveChoicesBecomeHard) {
  LearnedWeight learned(some_rows(), kGrid, RoundingKind::Adaptive);
  for (int i = 1; i <= 400; ++i) {
    learned.step(
        at::zeros({6, 20}),
        {.code_rate = 0.05,
         .scale_rate = 0.0,
         .step = i,
         .regularization = 0.1,
         .exponent = 2.0});
  }

  EXPECT_TRUE(
      tensor_near(learned.values(), learned.rounded().values(), {0, 1e-3}));
}

}  // namespace
}  // namespace ompq
