// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "ompq/engine/operator.h"

namespace ompq {

/// Compares the gradients of an operator with differences, in float64, along a
/// random direction for each floating-point input:
///
///   <dL/dx, v> against (L(x + h v) - L(x - h v)) / 2h,  L = <outputs, w>
///
/// with random w and h = 1e-7. Inputs near a kink of the operator would differ;
/// random numbers are not.
///
/// @param inputs       float64 where they are real numbers; undefined ones and
///                     integers are left alone
/// @param differentiable  which inputs; empty: all real ones
/// @return the number of inputs that a gradient reached
inline int expect_numeric_gradients(
    const std::string& what,
    const Operator& run,
    const Tensors& inputs,
    const std::vector<std::size_t>& differentiable = {}) {
  constexpr double kStep = 1e-7;
  constexpr double kRelative = 2e-6;
  const auto is_real = [](const at::Tensor& tensor) {
    return tensor.defined() && tensor.scalar_type() == at::kDouble;
  };
  const auto is_asked = [&](std::size_t i) {
    return is_real(inputs[i]) &&
           (differentiable.empty() ||
            std::find(differentiable.begin(), differentiable.end(), i) !=
                differentiable.end());
  };
  Tensors leaves;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    leaves.push_back(
        is_asked(i) ? inputs[i].detach().clone().requires_grad_(true)
                    : inputs[i]);
  }
  Tensors directions;
  const auto loss_of = [&](const Tensors& given) {
    const Tensors outputs = run(given);
    at::Tensor loss = at::zeros({}, at::kDouble);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!is_real(outputs[i])) {
        continue;
      }
      if (directions.size() <= i) {
        directions.resize(i + 1);
      }
      if (!directions[i].defined()) {
        directions[i] = at::randn(outputs[i].sizes(), at::kDouble);
      }
      loss = loss + (outputs[i] * directions[i]).sum();
    }
    return loss;
  };
  const at::Tensor loss = loss_of(leaves);
  if (!loss.requires_grad()) {
    return 0;
  }
  loss.backward();
  int reached = 0;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!is_asked(i) || !leaves[i].grad().defined()) {
      continue;
    }
    ++reached;
    const at::NoGradGuard no_gradients;
    const at::Tensor direction = at::randn_like(inputs[i]);
    const auto moved = [&](double step) {
      Tensors shifted = inputs;
      shifted[i] = inputs[i] + step * direction;
      return loss_of(shifted).item<double>();
    };
    const double numeric = (moved(kStep) - moved(-kStep)) / (2 * kStep);
    const double analytic = (leaves[i].grad() * direction).sum().item<double>();
    // What float64 leaves of a difference of losses.
    const double rounding = 1e-15 * std::abs(loss.item<double>()) / kStep;
    const double scale = leaves[i].grad().norm().item<double>();
    EXPECT_NEAR(analytic, numeric, kRelative * scale + 100 * rounding + 1e-7)
        << what << ", input " << i;
  }
  return reached;
}

}  // namespace ompq
