// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/output_loss.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

namespace ompq {
namespace {

/// Elements of a piece: fixed, so that the sum is repeatable.
constexpr std::int64_t kPiece = std::int64_t{1} << 13;

/// gradient = slope (output - target); returns sum (output - target)^2.
inline float loss_of_piece(
    const float* output,
    const float* target,
    float* gradient,
    float slope,
    std::int64_t count) {
  float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) {
    const float difference = output[i] - target[i];
    sum += difference * difference;
    gradient[i] = slope * difference;
  }
  return sum;
}

/// Sum of squared differences of two tensors in the same memory order.
double unweighted(
    const at::Tensor& output,
    const at::Tensor& target,
    at::Tensor& gradient,
    float slope) {
  const float* const from = output.data_ptr<float>();
  const float* const wanted = target.data_ptr<float>();
  float* const to = gradient.data_ptr<float>();
  const std::int64_t elements = output.numel();
  std::vector<float> parts(
      static_cast<std::size_t>((elements + kPiece - 1) / kPiece));
  at::parallel_for(
      0,
      static_cast<std::int64_t>(parts.size()),
      4,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const std::int64_t at = i * kPiece;
          parts[static_cast<std::size_t>(i)] = loss_of_piece(
              from + at,
              wanted + at,
              to + at,
              slope,
              std::min(kPiece, elements - at));
        }
      });
  double sum = 0.0;
  for (const float part : parts) {
    sum += static_cast<double>(part);
  }
  return sum;
}

}  // namespace

OutputLoss output_loss(
    const at::Tensor& output,
    const at::Tensor& target,
    const at::Tensor& channel_weights,
    double factor) {
  const at::NoGradGuard no_gradients;
  const double scale = factor / static_cast<double>(output.numel());
  if (channel_weights.defined() && output.dim() > 1) {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(output.dim()), 1);
    shape[1] = -1;
    const at::Tensor difference = output - target;
    const at::Tensor weighted = difference * channel_weights.reshape(shape);
    const double sum =
        at::mul(difference, weighted).sum(at::kDouble).item<double>();
    return {.value = scale * sum, .gradient = weighted * (2.0 * scale)};
  }
  const at::Tensor dense = output.is_non_overlapping_and_dense()
                               ? output.detach()
                               : output.detach().contiguous();
  OutputLoss result{.gradient = at::empty_like(dense)};
  const at::Tensor wanted = target.strides() == dense.strides()
                                ? target
                                : at::empty_like(dense).copy_(target);
  result.value =
      scale *
      unweighted(
          dense, wanted, result.gradient, static_cast<float>(2.0 * scale));
  return result;
}

double backpropagate(
    const Tensors& outputs,
    const Tensors& targets,
    const Tensors& channel_weights,
    double factor) {
  double sum = 0.0;
  Tensors roots;
  Tensors gradients;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const at::Tensor weights =
        channel_weights.empty() ? at::Tensor() : channel_weights[i];
    OutputLoss loss = output_loss(outputs[i], targets[i], weights, factor);
    sum += loss.value;
    if (outputs[i].requires_grad()) {
      roots.push_back(outputs[i]);
      gradients.push_back(std::move(loss.gradient));
    }
  }
  if (!roots.empty()) {
    torch::autograd::backward(roots, gradients);
  }
  return sum;
}

}  // namespace ompq
