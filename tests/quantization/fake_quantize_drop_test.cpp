// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/quantization/fake_quantize.h"

#include "fake_quantize_reference.h"

namespace ompq {
namespace {

constexpr std::uint64_t kPower32 = std::uint64_t{1} << 32U;

FakeQuantize dropping(float probability, std::uint32_t seed) {
  return {
      .grid = {.bits = 2, .is_signed = true},
      .parameters = {.scale = 1.0F},
      .drop_probability = probability,
      .seed = seed};
}

/// 1 where the element at offset + i is dropped: 0.25 is not on the grid.
std::vector<int> forward_mask(
    const FakeQuantize& f, std::size_t size, std::uint64_t offset = 0) {
  const std::vector<float> x(size, 0.25F);
  std::vector<float> y(size);
  fake_quantize(f, x, y, offset);
  std::vector<int> mask(size);
  for (std::size_t i = 0; i < size; ++i) {
    EXPECT_TRUE(y[i] == 0.25F || y[i] == 0.0F) << y[i];
    mask[i] = y[i] == 0.25F;
  }
  return mask;
}

/// The same from the gradient: 5 is beyond the grid.
std::vector<int> backward_mask(
    const FakeQuantize& f, std::size_t size, std::uint64_t offset = 0) {
  const std::vector<float> x(size, 5.0F);
  const std::vector<float> dy(size, 1.0F);
  std::vector<float> dx(size);
  (void)fake_quantize_gradient(f, x, dy, dx, offset);
  return {dx.begin(), dx.end()};
}

/// Share of positions where both are dropped, in standard deviations from the
/// product of the rates (0.5 each).
double surprise(const std::vector<int>& a, const std::vector<int>& b) {
  double both = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += a[i] == b[i];
  }
  const auto n = static_cast<double>(a.size());
  return std::abs(both - 0.5 * n) / std::sqrt(0.25 * n);
}

TEST(FakeQuantizeDrop, IsTheSameForwardAndBackwardOnEveryInstructionSet) {
  const FakeQuantize f = dropping(0.4F, 3);
  const auto expected = forward_mask(f, 3001, 77);
  test::on_every_instruction_set([&] {
    EXPECT_EQ(forward_mask(f, 3001, 77), expected);
    EXPECT_EQ(backward_mask(f, 3001, 77), expected);
  });
}

TEST(FakeQuantizeDrop, DoesNotDependOnHowTheTensorIsCut) {
  const FakeQuantize f = dropping(0.5F, 4);
  for (const std::uint64_t offset :
       {std::uint64_t{0}, kPower32 - 300, 7 * kPower32 - 1}) {
    const auto whole = forward_mask(f, 1000, offset);
    for (const std::size_t length : {1U, 3U, 16U, 37U, 300U, 999U}) {
      for (std::size_t begin = 0; begin < whole.size(); begin += length) {
        const std::size_t size = std::min(length, whole.size() - begin);
        const auto first = whole.begin() + static_cast<std::ptrdiff_t>(begin);
        const std::vector<int> part(
            first, first + static_cast<std::ptrdiff_t>(size));
        ASSERT_EQ(forward_mask(f, size, offset + begin), part);
        ASSERT_EQ(backward_mask(f, size, offset + begin), part);
      }
    }
  }
}

TEST(FakeQuantizeDrop, HasTheRateThatWasAskedFor) {
  constexpr std::size_t kSize = 1 << 20;
  for (const float rate : {0.001F, 0.1F, 0.5F, 0.75F, 0.999F}) {
    for (std::uint32_t seed = 0; seed < 4; ++seed) {
      const auto mask = forward_mask(dropping(rate, seed), kSize);
      const double dropped = std::count(mask.begin(), mask.end(), 1);
      const double expected = static_cast<double>(rate) * kSize;
      const double deviation =
          std::sqrt(expected * (1.0 - static_cast<double>(rate)));
      EXPECT_NEAR(dropped, expected, 5.0 * deviation) << rate;
    }
  }
}

TEST(FakeQuantizeDrop, IsUnrelatedBetweenSeedsTensorPartsAndNeighbours) {
  constexpr std::size_t kSize = 1 << 18;
  constexpr double kDeviations = 5.0;
  const auto first = forward_mask(dropping(0.5F, 0), 2 * kSize);
  const std::vector<int> base(first.begin(), first.begin() + kSize);
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 16U, 0x80000000U}) {
    const auto other = forward_mask(dropping(0.5F, seed), kSize);
    EXPECT_LT(surprise(base, other), kDeviations) << "seed " << seed;
    // Nor is it the mask of another seed with elements exchanged.
    for (const std::size_t flip : {1U, 2U, 3U, 4U, 16U}) {
      std::vector<int> exchanged(kSize);
      for (std::size_t i = 0; i < kSize; ++i) {
        exchanged[i] = other[i ^ flip];
      }
      EXPECT_LT(surprise(base, exchanged), kDeviations) << seed << ' ' << flip;
    }
  }
  for (const std::ptrdiff_t lag : {1, 2, 3, 7, 8, 16, 49, 56, 64, 1024, 3136}) {
    const auto begin = first.begin() + lag;
    const std::vector<int> later(begin, begin + kSize);
    EXPECT_LT(surprise(base, later), kDeviations) << "lag " << lag;
  }
  const auto high = forward_mask(dropping(0.5F, 0), kSize, kPower32);
  EXPECT_LT(surprise(base, high), kDeviations);
}

TEST(FakeQuantizeDrop, AtProbabilityOneOnlyClamps) {
  FakeQuantize f = dropping(1.0F, 5);
  f.low = 0.0F;
  f.high = 6.0F;
  const auto x = test::samples_about(f, 300, 1);
  const auto dy = test::random_gradient(x.size(), 2);
  std::vector<float> y(x.size());
  std::vector<float> dx(x.size());
  fake_quantize(f, x, y);
  EXPECT_EQ(fake_quantize_gradient(f, x, dy, dx), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(y[i], std::isnan(x[i]) ? 0.0F : test::plain_clamp(f, x[i]));
    EXPECT_EQ(dx[i], x[i] > 0.0F && x[i] < 6.0F ? dy[i] : 0.0F);
  }
}

TEST(FakeQuantizeDrop, LeavesTheScaleGradientToTheQuantized) {
  const FakeQuantize f = dropping(0.5F, 6);
  const auto x = test::samples_about({.grid = f.grid}, 1500, 3);
  const auto dy = test::random_gradient(x.size(), 4);
  const auto mask = forward_mask(f, x.size());
  auto quantized_dy = dy;
  for (std::size_t i = 0; i < x.size(); ++i) {
    quantized_dy[i] = mask[i] == 1 ? 0.0F : dy[i];
  }
  std::vector<float> dx(x.size());
  FakeQuantize all = f;
  all.drop_probability = 0.0F;
  const double expected = fake_quantize_gradient(all, x, quantized_dy, dx);
  EXPECT_EQ(fake_quantize_gradient(f, x, dy, dx), expected);
  EXPECT_NE(expected, 0.0);
}

}  // namespace
}  // namespace ompq
