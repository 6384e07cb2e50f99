// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/bias_correction.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

TEST(BiasCorrection, RemovesTheMeanErrorOfEachChannel) {
  at::manual_seed(1);
  const at::Tensor exact = at::randn({6, 3, 5, 4});
  const at::Tensor quantized = at::round(exact * 2) / 2 + 0.3;

  const std::vector<float> correction = bias_correction({exact}, {quantized});

  ASSERT_EQ(correction.size(), 3U);
  const at::Tensor bias = at::tensor(correction).reshape({1, 3, 1, 1});
  const at::Tensor rest = (exact - quantized - bias).mean({0, 2, 3});
  EXPECT_LT(rest.abs().max().item<float>(), 1e-6F);
  EXPECT_LT(correction[0], -0.2F);
}

TEST(BiasCorrection, DoesNotDependOnTheMicroBatches) {
  at::manual_seed(2);
  const at::Tensor exact = at::randn({7, 4, 3, 3});
  const at::Tensor quantized = at::randn({7, 4, 3, 3});

  const auto whole = bias_correction({exact}, {quantized});
  const auto parts = bias_correction(
      exact.split_with_sizes({1, 4, 2}), quantized.split_with_sizes({1, 4, 2}));

  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FLOAT_EQ(whole[i], parts[i]);
  }
}

TEST(BiasCorrection, IsExactWhereFloatSumsAreNot) {
  // A float32 sum of so many ones stops growing at 2^24.
  constexpr std::int64_t kCount = (std::int64_t{1} << 24) + 4096;
  const at::Tensor exact = at::ones({1, 1, kCount});
  const at::Tensor none = at::zeros({1, 1, 1}).expand({1, 1, kCount});

  EXPECT_EQ(bias_correction({exact}, {none})[0], 1.0F);
}

TEST(BiasCorrection, TakesAnyChannelAxis) {
  const at::Tensor exact = at::arange(12, at::kFloat).reshape({2, 2, 3});
  const at::Tensor none = at::zeros({2, 2, 3});

  EXPECT_EQ(
      bias_correction({exact}, {none}, -1),
      (std::vector<float>{4.5F, 5.5F, 6.5F}));
  EXPECT_EQ(
      bias_correction({exact}, {none}, 1), (std::vector<float>{4.0F, 7.0F}));
}

TEST(BiasCorrection, ReadsOutputsInAnyMemoryLayout) {
  at::manual_seed(3);
  const at::Tensor exact = at::randn({2, 3, 4, 5});
  const at::Tensor quantized = at::zeros({2, 3, 4, 5});

  const auto plain = bias_correction({exact}, {quantized});
  const auto last = bias_correction(
      {exact.contiguous(at::MemoryFormat::ChannelsLast)}, {quantized});

  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_NEAR(plain[i], last[i], 1e-7F);
  }
}

TEST(BiasCorrection, SaysWhatDoesNotFit) {
  const at::Tensor a = at::zeros({2, 3, 4});
  const at::Tensor b = at::zeros({2, 5, 4});
  const auto correct = [](const Tensors& exact,
                          const Tensors& quantized,
                          std::int64_t axis = 1) {
    return [=] { static_cast<void>(bias_correction(exact, quantized, axis)); };
  };

  expect_error(ErrorCode::ShapeMismatch, "[2, 5, 4]", correct({a}, {b}));
  expect_error(ErrorCode::ShapeMismatch, "1 float", correct({a}, {a, a}));
  expect_error(ErrorCode::ShapeMismatch, "0 float", correct({}, {}));
  expect_error(ErrorCode::ShapeMismatch, "no axis 3", correct({a}, {a}, 3));
  expect_error(ErrorCode::ShapeMismatch, "no axis -4", correct({a}, {a}, -4));
  expect_error(ErrorCode::ShapeMismatch, "5 channels", correct({a, b}, {a, b}));
}

TEST(BiasCorrection, RefusesMeansThatAreNotFinite) {
  at::Tensor exact = at::zeros({2, 3, 4});
  exact[1][2][0] = std::nan("");
  const at::Tensor quantized = at::zeros({2, 3, 4});

  expect_error(ErrorCode::InvalidData, "channel 2", [&] {
    static_cast<void>(bias_correction({exact}, {quantized}));
  });
  expect_error(ErrorCode::InvalidData, "no elements", [&] {
    const at::Tensor nothing = at::zeros({0, 3, 4});
    static_cast<void>(bias_correction({nothing}, {nothing}));
  });
}

}  // namespace
}  // namespace ompq
