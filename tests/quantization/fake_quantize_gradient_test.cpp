// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/quantization/fake_quantize.h"

#include "fake_quantize_reference.h"

namespace ompq {
namespace {

TEST(FakeQuantizeGradient, EqualsThePlainFormulaOnEveryGridAndInstructionSet) {
  test::on_every_instruction_set([] {
    for (FakeQuantize f : test::all_grids()) {
      const auto x = test::samples_about(f, 2003, 1);
      const auto dy = test::random_gradient(x.size(), 2);
      f.low = -2.3F * f.parameters.scale;
      std::vector<float> dx(x.size());
      const double dscale = fake_quantize_gradient(f, x, dy, dx);
      double expected = 0.0;
      double size = 0.0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const float c = test::plain_clamp(f, x[i]);
        const double q = test::plain_unsaturated(f, c);
        const bool is_inside = q >= f.grid.lowest() && q <= f.grid.highest();
        const bool passes = is_inside && x[i] > f.low && x[i] < f.high;
        ASSERT_EQ(dx[i], passes ? dy[i] : 0.0F) << x[i];
        if (!std::isnan(x[i])) {
          const double v = test::plain_code(f, c) - f.parameters.zero_point;
          const double quotient =
              static_cast<double>(c) / static_cast<double>(f.parameters.scale);
          const double term =
              static_cast<double>(dy[i]) * (is_inside ? v - quotient : v);
          expected += term;
          size += std::abs(term);
        }
      }
      ASSERT_NEAR(dscale, expected, 1e-6 * size) << f.grid.bits;
    }
  });
}

/// sum dy y(scale) where the residuals of rounding, and which elements
/// saturate, are held as they are at the scale of f: what the straight-through
/// estimator differentiates.
double surrogate(
    const FakeQuantize& f,
    const std::vector<float>& x,
    const std::vector<float>& dy,
    double scale) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float c = test::plain_clamp(f, x[i]);
    const auto wide = static_cast<double>(c);
    const double code = test::plain_code(f, c);
    double v = code - f.parameters.zero_point;
    if (code == test::plain_unsaturated(f, c)) {
      const double residual =
          v - wide / static_cast<double>(f.parameters.scale);
      v = wide / scale + residual;
    }
    sum += static_cast<double>(dy[i]) * scale * v;
  }
  return sum;
}

TEST(FakeQuantizeGradient, IsTheDerivativeOfTheStraightThroughSurrogate) {
  for (const int bits : {2, 4, 8}) {
    const FakeQuantize f{
        .grid = {.bits = bits},
        .parameters = {.scale = 0.37F, .zero_point = 1},
        .low = -1.5F,
        .high = 70.0F};
    std::vector<float> x = test::random_gradient(400, 5);
    for (float& value : x) {
      value *= f.parameters.scale * static_cast<float>(f.grid.steps());
    }
    const auto dy = test::random_gradient(x.size(), 6);
    std::vector<float> dx(x.size());
    const double dscale = fake_quantize_gradient(f, x, dy, dx);
    const double scale = static_cast<double>(f.parameters.scale);
    const double step = 1e-6 * scale;
    const double numeric = (surrogate(f, x, dy, scale + step) -
                            surrogate(f, x, dy, scale - step)) /
                           (2.0 * step);
    // The difference cancels about six of sixteen digits of a sum near 1e4.
    EXPECT_NEAR(dscale, numeric, 1e-6 * std::abs(numeric) + 1e-5) << bits;
  }
}

TEST(FakeQuantizeGradient, HasTheSameBitsOnEveryInstructionSet) {
  for (FakeQuantize f : test::all_grids()) {
    f.drop_probability = 0.2F;
    const auto x = test::samples_about(f, 777, 7);
    const auto dy = test::random_gradient(x.size(), 8);
    std::vector<float> dx(x.size());
    const double expected = fake_quantize_gradient(f, x, dy, dx);
    const auto expected_dx = dx;
    test::on_every_instruction_set([&] {
      EXPECT_EQ(fake_quantize_gradient(f, x, dy, dx), expected);
      EXPECT_EQ(dx, expected_dx);
    });
  }
}

TEST(FakeQuantizeGradient, IsAccurateForManyCodesAndElements) {
  // Codes near 2^16 leave quotients 8 bits after the point: differences of
  // codes and quotients in float32 would be wrong by 1e-3.
  const FakeQuantize f{.grid = {.bits = 16}, .parameters = {.scale = 0.0131F}};
  std::vector<float> x(1000003);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto code = static_cast<float>(40000 + i % 20011);
    x[i] = (code + 0.37F) * f.parameters.scale;
  }
  const std::vector<float> dy(x.size(), 0.7F);
  std::vector<float> dx(x.size());
  double expected = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = test::plain_code(f, x[i]);
    expected += static_cast<double>(dy[i]) *
                (v - static_cast<double>(x[i]) /
                         static_cast<double>(f.parameters.scale));
  }
  EXPECT_NEAR(fake_quantize_gradient(f, x, dy, dx) / expected, 1.0, 1e-6);
}

TEST(FakeQuantizeGradient, TakesAnyLengthAndAlignmentAndNoMore) {
  const FakeQuantize f{
      .grid = {.bits = 3}, .parameters = {.scale = 0.3F, .zero_point = 2}};
  const auto x = test::samples_about(f, 90, 5);
  const auto dy = test::random_gradient(x.size(), 6);
  std::vector<float> whole(x.size());
  (void)fake_quantize_gradient(f, x, dy, whole);
  test::on_every_instruction_set([&] {
    for (std::size_t size = 0; size <= 70; ++size) {
      for (std::size_t begin = 0; begin < 19; ++begin) {
        std::vector<float> dx(size + 2, -77.0F);
        const double dscale = fake_quantize_gradient(
            f,
            std::span(x).subspan(begin, size),
            std::span(dy).subspan(begin, size),
            std::span(dx).subspan(1, size));
        ASSERT_EQ(dx.front(), -77.0F);
        ASSERT_EQ(dx.back(), -77.0F);
        double sum = 0.0;
        for (std::size_t i = 0; i < size; ++i) {
          ASSERT_EQ(dx[i + 1], whole[begin + i]);
          float one = 0.0F;
          sum += fake_quantize_gradient(
              f, {&x[begin + i], 1}, {&dy[begin + i], 1}, {&one, 1});
        }
        ASSERT_NEAR(dscale, sum, 1e-4);
      }
    }
  });
}

TEST(FakeQuantizeGradient, WorksInPlace) {
  const FakeQuantize f{
      .grid = {.bits = 3, .is_signed = true},
      .parameters = {.scale = 0.3F},
      .low = -0.5F,
      .drop_probability = 0.25F};
  const auto x = test::samples_about(f, 1003, 6);
  auto gradient = test::random_gradient(x.size(), 7);
  std::vector<float> expected(x.size());
  const double dscale = fake_quantize_gradient(f, x, gradient, expected);
  EXPECT_EQ(fake_quantize_gradient(f, x, gradient, gradient), dscale);
  EXPECT_EQ(gradient, expected);
}

}  // namespace
}  // namespace ompq
