// SPDX-License-Identifier: MIT
#include "ompq/engine/code_arithmetic.h"

#include <algorithm>
#include <cmath>
#include <random>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

/// All pairs of codes: [256, 256].
std::pair<at::Tensor, at::Tensor> all_pairs() {
  const at::Tensor codes = at::arange(256, at::kByte);
  return {
      codes.reshape({256, 1}).expand({256, 256}).contiguous(),
      codes.reshape({1, 256}).expand({256, 256}).contiguous()};
}

int to_byte(double number) {
  return static_cast<int>(std::clamp(std::nearbyint(number), 0.0, 255.0));
}

TEST(CodeArithmetic, CentresCodesInTheirLayout) {
  const at::Tensor codes = at::arange(2 * 3 * 4 * 5, at::kByte)
                               .reshape({2, 3, 4, 5})
                               .contiguous(at::MemoryFormat::ChannelsLast);

  const at::Tensor numbers = centred_codes(codes, 7);

  EXPECT_EQ(numbers.strides(), codes.strides());
  EXPECT_TRUE(numbers.equal(codes.to(at::kFloat) - 7));
}

TEST(CodeArithmetic, RoundsHalvesToEvenAndSaturates) {
  const at::Tensor sums =
      at::tensor({1.0F, 2.0F, 3.0F, 5.0F, -1.0F, -3.0F, 900.0F, -900.0F})
          .reshape({8, 1});

  const at::Tensor codes = requantize(
      sums,
      1,
      {.multipliers = {0.5F},
       .bias = {},
       .zero_point = 10,
       .type = DataType::UInt8});

  EXPECT_TRUE(codes.flatten().equal(
      at::tensor({10, 11, 12, 12, 10, 8, 255, 0}, at::kByte)));
}

TEST(CodeArithmetic, AddsTheBiasBeforeRounding) {
  const at::Tensor codes = requantize(
      at::tensor({16777215.0F}).reshape({1, 1}),
      1,
      {.multipliers = {1.0F},
       .bias = {-16777200},
       .zero_point = -3,
       .type = DataType::Int8});

  EXPECT_EQ(codes.item<int>(), 12);
}

TEST(CodeArithmetic, TakesNothingAtAll) {
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{0, 3, 2, 2}, {2, 3, 0, 2}}) {
    const at::Tensor codes = requantize(
        at::empty(shape, at::kFloat),
        1,
        {.multipliers = {1.0F},
         .bias = {},
         .zero_point = 0,
         .type = DataType::UInt8});

    EXPECT_EQ(codes.sizes().vec(), shape);
  }
}

TEST(CodeArithmetic, RefusesScalesOfOtherChannels) {
  expect_error(ErrorCode::ShapeMismatch, "3 channels, but 2 scales", [] {
    static_cast<void>(requantize(
        at::zeros({1, 3, 2, 2}),
        1,
        {.multipliers = {1.0F, 2.0F},
         .bias = {},
         .zero_point = 0,
         .type = DataType::UInt8}));
  });
}

TEST(CodeArithmetic, ScalesEachChannelInEveryLayout) {
  const at::Tensor sums = at::randint(-5000, 5000, {3, 4, 5, 6}, at::kFloat);
  const Requantization to{
      .multipliers = {0.01F, 0.02F, 0.03F, 0.004F},
      .bias = {1, -200, 3000, 0},
      .zero_point = 100,
      .type = DataType::UInt8};

  const at::Tensor rows = requantize(sums, 1, to);
  const at::Tensor last =
      requantize(sums.contiguous(at::MemoryFormat::ChannelsLast), 1, to);

  EXPECT_TRUE(rows.equal(last));
  for (int channel = 0; channel < 4; ++channel) {
    const auto c = static_cast<std::size_t>(channel);
    const at::Tensor steps =
        (sums.select(1, channel) + to.bias[c]) * to.multipliers[c];
    EXPECT_TRUE(rows.select(1, channel)
                    .to(at::kFloat)
                    .equal(at::clamp(at::round(steps) + 100, 0, 255)));
  }
}

TEST(CodeArithmetic, AddsWithOneRoundingForEachProduct) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> scales(0.001F, 0.1F);
  std::uniform_int_distribution<int> zeros(0, 255);
  const auto [a, b] = all_pairs();
  for (int trial = 0; trial < 5; ++trial) {
    const CodeGrid left{scales(random), zeros(random)};
    const CodeGrid right{scales(random), zeros(random)};
    const CodeGrid sum{scales(random), zeros(random)};
    const float ra = left.scale / sum.scale;
    const float rb = right.scale / sum.scale;
    const float shift = static_cast<float>(sum.zero_point) -
                        std::fma(
                            ra,
                            static_cast<float>(left.zero_point),
                            rb * static_cast<float>(right.zero_point));

    const at::Tensor codes = add_codes(a, left, b, right, sum);

    for (int i = 0; i < 256; ++i) {
      for (int j = 0; j < 256; ++j) {
        const float exact = std::fma(
            static_cast<float>(i),
            ra,
            std::fma(static_cast<float>(j), rb, shift));
        ASSERT_EQ(codes[i][j].item<int>(), to_byte(exact)) << i << " + " << j;
      }
    }
  }
}

TEST(CodeArithmetic, BroadcastsSumsAndProducts) {
  const at::Tensor a = at::randint(0, 256, {2, 3, 4, 4}, at::kByte)
                           .contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor b = at::randint(0, 256, {3, 1, 1}, at::kByte);
  const CodeGrid grid{0.05F, 120};
  const CodeGrid product{0.5F, 100};

  EXPECT_TRUE(
      add_codes(a, grid, b, grid, grid)
          .equal(add_codes(
              a, grid, b.expand({2, 3, 4, 4}).contiguous(), grid, grid)));
  const at::Tensor numbers =
      (a.to(at::kFloat) - 120) * (b.to(at::kFloat) - 120) * 0.005F;
  const at::Tensor apart =
      multiply_codes(a, grid, b, grid, product).to(at::kFloat) -
      at::clamp(at::round(numbers + 100), 0, 255);
  EXPECT_LE(apart.abs().max().item<float>(), 1.0F);
}

}  // namespace
}  // namespace ompq
