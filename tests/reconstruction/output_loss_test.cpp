// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/output_loss.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/device.h"

namespace ompq {
namespace {

at::Tensor random_image(at::MemoryFormat order) {
  return at::randn({3, 7, 33, 29}).contiguous(order);
}

/// Loss and gradient by autograd, in float64.
OutputLoss by_autograd(
    const at::Tensor& output,
    const at::Tensor& target,
    const at::Tensor& weights,
    double factor) {
  const at::Tensor leaf = output.to(at::kDouble).detach().requires_grad_(true);
  at::Tensor squares = (leaf - target.to(at::kDouble)).square();
  if (weights.defined()) {
    squares = squares * weights.to(at::kDouble).reshape({1, -1, 1, 1});
  }
  const at::Tensor loss = squares.mean() * factor;
  loss.backward();
  return {.value = loss.item<double>(), .gradient = leaf.grad()};
}

void expect_same(const OutputLoss& got, const OutputLoss& wanted) {
  EXPECT_NEAR(got.value, wanted.value, 1e-5 * wanted.value);
  EXPECT_TRUE(
      at::allclose(got.gradient.to(at::kDouble), wanted.gradient, 1e-5, 1e-10));
}

TEST(OutputLoss, IsWhatAutogradFinds) {
  at::manual_seed(1);
  const at::Tensor output = random_image(at::MemoryFormat::ChannelsLast);
  const at::Tensor target = random_image(at::MemoryFormat::ChannelsLast);
  expect_same(
      output_loss(output, target, {}, 0.7),
      by_autograd(output, target, {}, 0.7));
}

TEST(OutputLoss, WeighsChannels) {
  at::manual_seed(2);
  const at::Tensor output = random_image(at::MemoryFormat::ChannelsLast);
  const at::Tensor target = random_image(at::MemoryFormat::ChannelsLast);
  const at::Tensor weights = at::rand({7}) + 0.1;
  expect_same(
      output_loss(output, target, weights, 3.0),
      by_autograd(output, target, weights, 3.0));
}

TEST(OutputLoss, TakesTensorsInDifferentOrders) {
  at::manual_seed(3);
  const at::Tensor output = random_image(at::MemoryFormat::Contiguous);
  const at::Tensor target = random_image(at::MemoryFormat::ChannelsLast);
  const OutputLoss got = output_loss(output, target, {}, 1.0);
  expect_same(got, by_autograd(output, target, {}, 1.0));
  EXPECT_EQ(got.gradient.strides(), output.strides());
}

TEST(OutputLoss, TakesOutputsWithGaps) {
  at::manual_seed(4);
  const at::Tensor output = at::randn({4, 6, 10, 20}).narrow(3, 3, 9);
  const at::Tensor target = at::randn({4, 6, 10, 9});
  expect_same(
      output_loss(output, target, {}, 1.0),
      by_autograd(output, target, {}, 1.0));
}

TEST(OutputLoss, HasTheSameBitsWithAnyNumberOfThreads) {
  at::manual_seed(5);
  const at::Tensor output = at::randn({64, 1000});
  const at::Tensor target = at::randn({64, 1000});
  set_threads(1);
  const OutputLoss one = output_loss(output, target, {}, 1.0);
  set_threads(2);
  const OutputLoss two = output_loss(output, target, {}, 1.0);
  EXPECT_EQ(one.value, two.value);
  EXPECT_TRUE(at::equal(one.gradient, two.gradient));
}

TEST(Backpropagate, AddsOutputsUpAndSkipsThoseWithoutLeaves) {
  at::manual_seed(6);
  const at::Tensor leaf = at::randn({5, 3}).requires_grad_(true);
  const at::Tensor constant = at::randn({5, 2});
  const Tensors targets{at::zeros({5, 3}), at::zeros({5, 2}), at::ones({5, 3})};
  const double loss =
      backpropagate({leaf * 2, constant, leaf}, targets, {}, 1.0);
  const at::Tensor copy = leaf.detach().clone().requires_grad_(true);
  const at::Tensor wanted = (copy * 2).square().mean() +
                            constant.square().mean() +
                            (copy - 1).square().mean();
  wanted.backward();
  EXPECT_NEAR(loss, wanted.item<double>(), 1e-5);
  EXPECT_TRUE(at::allclose(leaf.grad(), copy.grad(), 1e-5, 1e-7));
}

}  // namespace
}  // namespace ompq
