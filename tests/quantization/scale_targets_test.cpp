// SPDX-License-Identifier: MIT
//
// The same program runs on processors with other vector units: every variant
// of the kernels that this one can run is tried.
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "ompq/quantization/histogram.h"
#include "ompq/quantization/scale_search.h"

#include "brute_force_scales.h"

namespace ompq {
namespace {

using test::Distribution;

/// Runs with one instruction set only.
class OnlyTarget {
 public:
  explicit OnlyTarget(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
  }
  ~OnlyTarget() {
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
  OnlyTarget(const OnlyTarget&) = delete;
  OnlyTarget& operator=(const OnlyTarget&) = delete;
};

TEST(ScalesOnEveryInstructionSet, AreAsGoodAsBruteForce) {
  const IntegerGrid grid{.bits = 3};
  for (const std::int64_t size : {5, 70, 203}) {
    const auto row = test::random_row(Distribution::Skewed, size, 1);
    const auto importance = test::random_row(Distribution::Positive, size, 2);
    for (const double power : {1.0, 1.5, 2.0, 2.4, 3.0}) {
      const double best =
          test::brute_force_loss(row, importance, grid, power, {.scales = 150});
      for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
        const OnlyTarget only(target);
        const auto found =
            search_row_scales(row, size, grid, {.power = power}, importance);
        const double loss =
            test::plain_loss(row, importance, grid, found.front(), power);
        EXPECT_LT(loss, 1.01 * best)
            << hwy::TargetName(target) << ", power " << power;
      }
    }
  }
}

TEST(HistogramOnEveryInstructionSet, IsTheSame) {
  auto numbers = test::random_row(Distribution::Skewed, 10'001, 3);
  numbers.resize(20'003, 0.0F);
  Histogram expected(256);
  expected.add(numbers);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const OnlyTarget only(target);
    Histogram histogram(256);
    histogram.add(numbers);
    EXPECT_EQ(histogram.bins(), expected.bins()) << hwy::TargetName(target);
    EXPECT_EQ(histogram.minimum(), expected.minimum());
    EXPECT_EQ(histogram.maximum(), expected.maximum());
  }
}

}  // namespace
}  // namespace ompq
