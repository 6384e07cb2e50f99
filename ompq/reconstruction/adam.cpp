// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/adam.h"

#include <cmath>

#include <ATen/ATen.h>

namespace ompq {

at::Tensor AdamMoments::direction(const at::Tensor& gradient, int step) {
  constexpr double kTiny = 1e-12;
  if (!mean.defined()) {
    mean = at::zeros_like(gradient);
    square = at::zeros_like(gradient);
  }
  mean.mul_(kAdamMeanDecay).add_(gradient, 1 - kAdamMeanDecay);
  square.mul_(kAdamSquareDecay)
      .addcmul_(gradient, gradient, 1 - kAdamSquareDecay);
  const at::Tensor size =
      (square / (1 - std::pow(kAdamSquareDecay, step))).sqrt_().add_(kTiny);
  return mean / (1 - std::pow(kAdamMeanDecay, step)) / size;
}

}  // namespace ompq
