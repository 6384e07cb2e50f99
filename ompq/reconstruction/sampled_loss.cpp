// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/sampled_loss.h"

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

namespace ompq {
namespace {

/// Numbers in [0, 1), [n, 1] float32.
at::Tensor draw(std::int64_t count, std::mt19937_64& random) {
  std::vector<float> numbers(static_cast<std::size_t>(count));
  for (float& number : numbers) {
    number = static_cast<float>(random() >> 40U) * 0x1p-24F;
  }
  return at::tensor(numbers).reshape({-1, 1});
}

/// True if every row holds the probabilities of classes.
bool holds_probabilities(const at::Tensor& output) {
  constexpr double kTolerance = 1e-3;
  const at::Tensor values = output.detach();
  return values.ge(0).all().item<bool>() &&
         values.sum(1).sub(1).abs().lt(kTolerance).all().item<bool>();
}

}  // namespace

at::Tensor log_probabilities(const at::Tensor& output) {
  constexpr double kSmallest = 1e-12;
  return holds_probabilities(output) ? output.clamp_min(kSmallest).log()
                                     : at::log_softmax(output, 1);
}

bool is_class_scores(const at::Tensor& output) {
  return output.dim() == 2 && output.size(1) > 1;
}

at::Tensor sampled_loss(const at::Tensor& output, std::mt19937_64& random) {
  if (is_class_scores(output)) {
    const at::Tensor scores = log_probabilities(output);
    // The label is where the cumulated probability passes a random number.
    const at::Tensor label = at::exp(scores.detach())
                                 .cumsum(1)
                                 .lt(draw(output.size(0), random))
                                 .sum(1, true)
                                 .clamp_max(output.size(1) - 1);
    return -scores.gather(1, label).sum();
  }
  const at::Tensor signs =
      draw(output.numel(), random).reshape(output.sizes()).sub(0.5F).sign();
  return (output * signs).sum();
}

}  // namespace ompq
