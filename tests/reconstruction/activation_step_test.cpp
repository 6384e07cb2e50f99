// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/activation_step.h"

#include <cmath>
#include <limits>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "ompq/quantization/fake_quantize.h"

#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

constexpr ClampRange kRelu{.low = 0.0F};

ActivationStep make_step() {
  return {
      .grid = {.bits = 3},
      .zero_point = 2,
      .scale = at::full({1}, 0.37F).requires_grad_(true)};
}

/// Value and gradients of sum(direction * quantize_activation(input)).
struct Pass {
  at::Tensor value;
  at::Tensor input_gradient;
  at::Tensor scale_gradient;

  Pass(
      const at::Tensor& numbers,
      const at::Tensor& direction,
      const ClampRange& range,
      const DropSettings& drop) {
    const at::Tensor input = numbers.detach().requires_grad_(true);
    const ActivationStep step = make_step();
    value = quantize_activation(input, step, range, drop);
    (value * direction).sum().backward();
    input_gradient = input.grad();
    scale_gradient = step.scale.grad();
  }
};

/// The definition in float64, element by element; nothing is dropped.
struct Plain {
  at::Tensor value;
  at::Tensor input_gradient;
  double scale_gradient = 0.0;

  Plain(
      const at::Tensor& numbers,
      const at::Tensor& direction,
      const ClampRange& range)
      : value(at::empty_like(numbers)),
        input_gradient(at::zeros_like(numbers)) {
    const ActivationStep step = make_step();
    const double scale = step.parameters().scale;
    for (std::int64_t i = 0; i < numbers.numel(); ++i) {
      const double x = numbers.data_ptr<float>()[i];
      const double dy = direction.data_ptr<float>()[i];
      const double c = std::clamp<double>(x, range.low, range.high);
      const double wanted = std::nearbyint(c / scale) + 2.0;
      const double code = std::clamp(wanted, 0.0, 7.0);
      value.data_ptr<float>()[i] = static_cast<float>((code - 2.0) * scale);
      const bool is_inside = code == wanted;
      if (is_inside && x > range.low && x < range.high) {
        input_gradient.data_ptr<float>()[i] = static_cast<float>(dy);
      }
      scale_gradient += dy * (code - 2.0 - (is_inside ? c / scale : 0.0));
    }
  }
};

class ActivationStepTest : public testing::Test {
 protected:
  ActivationStepTest() : threads_before_(at::get_num_threads()) {
    at::manual_seed(3);
    numbers_ = at::randn({4, 5, 40, 60}) * 1.5;
    direction_ = at::randn(numbers_.sizes());
  }
  ~ActivationStepTest() override { at::set_num_threads(threads_before_); }

  at::Tensor numbers_;
  at::Tensor direction_;

 private:
  int threads_before_;
};

TEST_F(ActivationStepTest, HasTheGradientsOfItsDefinition) {
  for (const ClampRange& range :
       {ClampRange{}, kRelu, ClampRange{.low = -0.5F, .high = 0.9F}}) {
    const Pass pass(numbers_, direction_, range, {});
    const Plain plain(numbers_, direction_, range);

    EXPECT_TRUE(tensor_near(pass.value, plain.value));
    EXPECT_TRUE(tensor_near(pass.input_gradient, plain.input_gradient));
    EXPECT_NEAR(pass.scale_gradient.item<double>(), plain.scale_gradient, 1e-2);
  }
}

TEST_F(ActivationStepTest, IsTheKernelInOnePiece) {
  const DropSettings drop{.probability = 0.4, .seed = 9};
  const Pass pass(numbers_, direction_, kRelu, drop);
  const FakeQuantize settings{
      .grid = {.bits = 3},
      .parameters = make_step().parameters(),
      .low = 0.0F,
      .drop_probability = 0.4F,
      .seed = 9};
  const auto size = static_cast<std::size_t>(numbers_.numel());
  at::Tensor value = at::empty_like(numbers_);
  at::Tensor gradient = at::empty_like(numbers_);

  fake_quantize(
      settings,
      {numbers_.data_ptr<float>(), size},
      {value.data_ptr<float>(), size});
  const double scale_gradient = fake_quantize_gradient(
      settings,
      {numbers_.data_ptr<float>(), size},
      {direction_.data_ptr<float>(), size},
      {gradient.data_ptr<float>(), size});

  EXPECT_TRUE(at::equal(pass.value, value));
  EXPECT_TRUE(at::equal(pass.input_gradient, gradient));
  EXPECT_NEAR(pass.scale_gradient.item<double>(), scale_gradient, 1e-2);
}

TEST_F(ActivationStepTest, GivesTheSameBitsForEveryNumberOfThreads) {
  const DropSettings drop{.probability = 0.5, .seed = 4};
  at::set_num_threads(1);
  const Pass one(numbers_, direction_, kRelu, drop);
  at::set_num_threads(2);
  const Pass two(numbers_, direction_, kRelu, drop);

  EXPECT_TRUE(at::equal(one.value, two.value));
  EXPECT_TRUE(at::equal(one.input_gradient, two.input_gradient));
  EXPECT_TRUE(at::equal(one.scale_gradient, two.scale_gradient));
}

TEST_F(ActivationStepTest, TakesEveryMemoryOrder) {
  const Pass plain(numbers_, direction_, kRelu, {});
  const at::Tensor last = numbers_.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor scattered =
      at::empty({4, 5, 40, 120}).slice(3, 0, 120, 2).copy_(numbers_);

  for (const at::Tensor& numbers : {last, scattered}) {
    const Pass pass(numbers, direction_, kRelu, {});

    EXPECT_TRUE(at::equal(pass.value, plain.value));
    EXPECT_TRUE(at::equal(pass.input_gradient, plain.input_gradient));
    EXPECT_TRUE(tensor_near(pass.scale_gradient, plain.scale_gradient));
  }
  EXPECT_TRUE(Pass(last, direction_, kRelu, {})
                  .value.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST_F(ActivationStepTest, IsTheSameWithoutGradients) {
  const DropSettings drop{.probability = 0.3, .seed = 5};
  const Pass pass(numbers_, direction_, kRelu, drop);
  const at::NoGradGuard no_gradients;

  EXPECT_TRUE(at::equal(
      quantize_activation(numbers_, make_step(), kRelu, drop), pass.value));
}

TEST_F(ActivationStepTest, DropsAsManyElementsAsItShould) {
  const at::NoGradGuard no_gradients;
  const at::Tensor value = quantize_activation(
      numbers_, make_step(), {}, {.probability = 0.25, .seed = 6});

  EXPECT_NEAR(
      value.eq(numbers_).to(at::kDouble).mean().item<double>(), 0.25, 0.02);
}

TEST_F(ActivationStepTest, LearnsTheZeroPoint) {
  const at::Tensor input = numbers_.detach().clone().requires_grad_(true);
  ActivationStep step = make_step();
  step.offset = at::full({1}, 2.3F).requires_grad_(true);

  const at::Tensor value = quantize_activation(input, step);
  (value * direction_).sum().backward();

  // 2.3 rounds to the zero point of make_step().
  const Plain plain(numbers_, direction_, {});
  EXPECT_TRUE(at::equal(value, plain.value));
  EXPECT_TRUE(at::equal(input.grad(), plain.input_gradient));
  const double stopped =
      (direction_ - plain.input_gradient).to(at::kDouble).sum().item<double>();
  EXPECT_NEAR(
      step.offset.grad().item<double>(),
      -static_cast<double>(step.scale.item<float>()) * stopped,
      1e-4 * direction_.abs().sum().item<double>());
}

TEST_F(ActivationStepTest, KeepsALearnedZeroPointOnTheGrid) {
  ActivationStep step = make_step();
  step.offset = at::full({1}, 9.7F);
  EXPECT_EQ(step.parameters().zero_point, 7);
  step.offset = at::full({1}, -3.0F);
  EXPECT_EQ(step.parameters().zero_point, 0);
  step.offset = at::full({1}, 4.6F);
  EXPECT_EQ(step.parameters().zero_point, 5);
}

}  // namespace
}  // namespace ompq
