// SPDX-License-Identifier: MIT
#include "ompq/quantization/fake_quantize.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

#include "fake_quantize_reference.h"

namespace ompq {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> forward(
    const FakeQuantize& f, std::span<const float> x, std::uint64_t offset = 0) {
  std::vector<float> y(x.size());
  fake_quantize(f, x, y, offset);
  return y;
}

std::vector<std::int32_t> codes_of(
    const FakeQuantize& f, std::span<const float> x) {
  std::vector<std::int32_t> codes(x.size());
  quantize(f.grid, f.parameters, x, codes);
  return codes;
}

TEST(Quantize, EqualsThePlainFormulaOnEveryGridAndInstructionSet) {
  test::on_every_instruction_set([] {
    for (const FakeQuantize& f : test::all_grids()) {
      const auto x = test::samples_about(f, 2003, 1);
      const auto codes = codes_of(f, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        ASSERT_EQ(codes[i], test::plain_code(f, x[i]))
            << x[i] << " of " << f.grid.bits << " bits, scale "
            << f.parameters.scale;
      }
    }
  });
}

TEST(FakeQuantize, EqualsThePlainFormulaOnEveryGridAndInstructionSet) {
  test::on_every_instruction_set([] {
    for (FakeQuantize f : test::all_grids()) {
      const auto x = test::samples_about(f, 2003, 2);
      for (const bool has_clamp : {false, true}) {
        if (has_clamp) {
          f.low = -2.3F * f.parameters.scale;
          f.high = 5.4F * f.parameters.scale;
        }
        const auto y = forward(f, x);
        for (std::size_t i = 0; i < x.size(); ++i) {
          ASSERT_EQ(
              std::bit_cast<std::uint32_t>(y[i]),
              std::bit_cast<std::uint32_t>(test::plain_value(f, x[i])))
              << x[i] << " becomes " << y[i] << ", " << f.grid.bits << " bits";
        }
      }
    }
  });
}

TEST(Quantize, RoundsTiesToEven) {
  const FakeQuantize f{.grid = {.bits = 4, .is_signed = true}};
  const std::vector<float> x = {-2.5F, -1.5F, -0.5F, 0.5F, 1.5F, 2.5F, 3.5F};
  EXPECT_EQ(codes_of(f, x), (std::vector<std::int32_t>{-2, -2, 0, 0, 2, 2, 4}));
}

TEST(Quantize, DividesByTheScaleWhereTheReciprocalWouldRoundOtherwise) {
  int differences = 0;
  for (int step = 1; step < 50; ++step) {
    const float scale = 0.0137F * static_cast<float>(step);
    const FakeQuantize f{.grid = {.bits = 8}, .parameters = {.scale = scale}};
    std::vector<float> ties(255);
    for (std::size_t i = 0; i < ties.size(); ++i) {
      ties[i] = (static_cast<float>(i) + 0.5F) * scale;
    }
    const auto codes = codes_of(f, ties);
    for (std::size_t i = 0; i < ties.size(); ++i) {
      ASSERT_EQ(codes[i], test::plain_code(f, ties[i]));
      const float product = ties[i] * (1.0F / scale);
      differences += static_cast<float>(codes[i]) != std::nearbyint(product);
    }
  }
  EXPECT_GT(differences, 0);
}

TEST(Quantize, GivesNaNTheZeroPointAndInfinitiesTheEnds) {
  const FakeQuantize f{
      .grid = {.bits = 8}, .parameters = {.scale = 0.5F, .zero_point = 7}};
  const std::vector<float> x = {kNaN, -kNaN, kInfinity, -kInfinity};
  EXPECT_EQ(codes_of(f, x), (std::vector<std::int32_t>{7, 7, 255, 0}));
  EXPECT_EQ(forward(f, x), (std::vector<float>{0.0F, 0.0F, 124.0F, -3.5F}));
}

TEST(Quantize, HandlesScalesAtTheEndsOfFloat) {
  for (const float scale :
       {std::numeric_limits<float>::denorm_min(),
        std::numeric_limits<float>::min() / 3,
        std::numeric_limits<float>::max() / 100}) {
    const FakeQuantize f{
        .grid = {.bits = 4, .is_signed = true}, .parameters = {.scale = scale}};
    const auto x = test::samples_about(f, 517, 3);
    const auto codes = codes_of(f, x);
    const auto y = forward(f, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(codes[i], test::plain_code(f, x[i])) << x[i] << " / " << scale;
      ASSERT_EQ(y[i], test::plain_value(f, x[i])) << x[i] << " / " << scale;
    }
  }
}

TEST(FakeQuantize, IsIdempotent) {
  for (FakeQuantize f : test::all_grids()) {
    f.low = -3.7F * f.parameters.scale;
    const auto once = forward(f, test::samples_about(f, 500, 4));
    ASSERT_EQ(forward(f, once), once) << f.grid.bits;
  }
}

TEST(FakeQuantize, TakesAnyLengthAndAlignmentAndNoMore) {
  const FakeQuantize f{
      .grid = {.bits = 4},
      .parameters = {.scale = 0.3F, .zero_point = 5},
      .drop_probability = 0.5F,
      .seed = 9};
  const auto x = test::samples_about(f, 90, 5);
  const auto whole = forward(f, x);
  test::on_every_instruction_set([&] {
    for (std::size_t size = 0; size <= 70; ++size) {
      for (std::size_t begin = 0; begin < 19; ++begin) {
        const auto part = std::span(x).subspan(begin, size);
        std::vector<float> y(size + 2, -77.0F);
        fake_quantize(f, part, std::span(y).subspan(1, size), begin);
        ASSERT_EQ(y.front(), -77.0F);
        ASSERT_EQ(y.back(), -77.0F);
        ASSERT_EQ(std::memcmp(&y[1], &whole[begin], size * sizeof(float)), 0)
            << size << " from " << begin;
        std::vector<std::int32_t> codes(size + 1, -77);
        quantize(f.grid, f.parameters, part, std::span(codes).first(size));
        ASSERT_EQ(codes.back(), -77);
        for (std::size_t i = 0; i < size; ++i) {
          ASSERT_EQ(codes[i], test::plain_code(f, part[i]));
        }
      }
    }
  });
}

TEST(FakeQuantize, WorksInPlace) {
  const FakeQuantize f{
      .grid = {.bits = 3, .is_signed = true},
      .parameters = {.scale = 0.3F},
      .low = -0.5F,
      .drop_probability = 0.25F};
  auto x = test::samples_about(f, 1003, 6);
  const auto expected = forward(f, x);
  fake_quantize(f, x, x);
  EXPECT_EQ(x, expected);
}

TEST(FakeQuantize, RefusesWhatIsNoGrid) {
  std::vector<float> x(3);
  const auto refuses = [&](const FakeQuantize& f, const std::string& part) {
    expect_error(
        ErrorCode::InvalidArgument, part, [&] { fake_quantize(f, x, x); });
    expect_error(ErrorCode::InvalidArgument, part, [&] {
      (void)fake_quantize_gradient(f, x, x, x);
    });
  };
  refuses({.grid = {.bits = 0}}, "0 bits");
  refuses({.grid = {.bits = 17}}, "17 bits");
  refuses({.parameters = {.scale = 0.0F}}, "scale 0");
  refuses({.parameters = {.scale = kInfinity}}, "scale inf");
  refuses({.parameters = {.scale = kNaN}}, "scale");
  refuses({.parameters = {.zero_point = 256}}, "256 is off the grid 0 to 255");
  refuses({.low = 1.0F, .high = 0.0F}, "clamp from 1 to 0");
  refuses({.drop_probability = 1.5F}, "1.5");
  refuses({.drop_probability = kNaN}, "drop probability");
}

TEST(FakeQuantize, RefusesSpansOfDifferentLength) {
  std::vector<float> x(3);
  std::vector<float> y(4);
  std::vector<std::int32_t> codes(2);
  expect_error(
      ErrorCode::ShapeMismatch, "3 and 4", [&] { fake_quantize({}, x, y); });
  expect_error(
      ErrorCode::ShapeMismatch, "3 and 2", [&] { quantize({}, {}, x, codes); });
}

}  // namespace
}  // namespace ompq
