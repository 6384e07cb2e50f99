// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

namespace ompq {

/// Decay of Adam's moments.
inline constexpr double kAdamMeanDecay = 0.9;
inline constexpr double kAdamSquareDecay = 0.999;

/// The moments of one variable of Adam.
struct AdamMoments {
  at::Tensor mean;
  at::Tensor square;

  /// Takes in a gradient and gives the direction of the step:
  /// m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + tiny), of the gradient's shape.
  ///
  /// @param step  counts from 1
  /// @source Adam, arXiv 1412.6980
  [[nodiscard]] at::Tensor direction(const at::Tensor& gradient, int step);
};

}  // namespace ompq
