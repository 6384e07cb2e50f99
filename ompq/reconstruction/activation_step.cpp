// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/activation_step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "ompq/quantization/fake_quantize.h"

namespace ompq {
namespace {

/// Elements of a piece: the sum of the scale's gradient depends on how the
/// tensor is cut, so the cut must not depend on the number of threads.
constexpr std::int64_t kPiece = std::int64_t{1} << 14;

template <typename Work>
void for_each_piece(std::int64_t elements, const Work& work) {
  const std::int64_t pieces = (elements + kPiece - 1) / kPiece;
  at::parallel_for(0, pieces, 2, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      work(i, i * kPiece, std::min(kPiece, elements - i * kPiece));
    }
  });
}

at::Tensor dense(const at::Tensor& tensor) {
  return tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
}

at::Tensor forward_pass(const FakeQuantize& settings, const at::Tensor& x) {
  at::Tensor y = at::empty_like(x);
  const float* const from = x.data_ptr<float>();
  float* const to = y.data_ptr<float>();
  for_each_piece(
      x.numel(),
      [&](std::int64_t /*piece*/, std::int64_t offset, std::int64_t count) {
        const auto size = static_cast<std::size_t>(count);
        fake_quantize(
            settings,
            {from + offset, size},
            {to + offset, size},
            static_cast<std::uint64_t>(offset));
      });
  return y;
}

struct Gradients {
  at::Tensor input;
  double scale = 0.0;
  /// Sum of dy where it did not reach the input.
  double stopped = 0.0;
};

/// sum of dy - dx: several sums at once, so that the compiler can use vectors.
double stopped_sum(const float* dy, const float* dx, std::int64_t size) {
  constexpr std::int64_t kSums = 16;
  std::array<double, kSums> sums{};
  std::int64_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    for (std::int64_t k = 0; k < kSums; ++k) {
      sums[static_cast<std::size_t>(k)] +=
          static_cast<double>(dy[i + k] - dx[i + k]);
    }
  }
  double sum = 0.0;
  for (; i < size; ++i) {
    sum += static_cast<double>(dy[i] - dx[i]);
  }
  return std::accumulate(sums.begin(), sums.end(), sum);
}

Gradients backward_pass(
    const FakeQuantize& settings,
    const at::Tensor& x,
    at::Tensor dy,
    bool has_offset) {
  if (dy.strides() != x.strides()) {
    dy = at::empty_like(x).copy_(dy);
  }
  Gradients result{.input = at::empty_like(x)};
  const float* const in = x.data_ptr<float>();
  const float* const gradient = dy.data_ptr<float>();
  float* const out = result.input.data_ptr<float>();
  std::vector<double> parts(
      static_cast<std::size_t>((x.numel() + kPiece - 1) / kPiece));
  std::vector<double> stopped(has_offset ? parts.size() : 0);
  for_each_piece(
      x.numel(),
      [&](std::int64_t piece, std::int64_t offset, std::int64_t count) {
        const auto size = static_cast<std::size_t>(count);
        parts[static_cast<std::size_t>(piece)] = fake_quantize_gradient(
            settings,
            {in + offset, size},
            {gradient + offset, size},
            {out + offset, size},
            static_cast<std::uint64_t>(offset));
        if (has_offset) {
          stopped[static_cast<std::size_t>(piece)] =
              stopped_sum(gradient + offset, out + offset, count);
        }
      });
  result.scale = std::accumulate(parts.begin(), parts.end(), 0.0);
  result.stopped = std::accumulate(stopped.begin(), stopped.end(), 0.0);
  return result;
}

/// libtorch keeps what an operation needs for its gradient as IValues.
std::vector<double> pack(const FakeQuantize& settings) {
  return {
      static_cast<double>(settings.grid.bits),
      settings.grid.is_signed ? 1.0 : 0.0,
      static_cast<double>(settings.parameters.zero_point),
      static_cast<double>(settings.low),
      static_cast<double>(settings.high),
      static_cast<double>(settings.drop_probability),
      static_cast<double>(settings.seed),
      static_cast<double>(settings.parameters.scale)};
}

FakeQuantize unpack(const std::vector<double>& packed) {
  return {
      .grid =
          {.bits = static_cast<int>(packed[0]), .is_signed = packed[1] != 0.0},
      .parameters =
          {.scale = static_cast<float>(packed[7]),
           .zero_point = static_cast<std::int32_t>(packed[2])},
      .low = static_cast<float>(packed[3]),
      .high = static_cast<float>(packed[4]),
      .drop_probability = static_cast<float>(packed[5]),
      .seed = static_cast<std::uint32_t>(packed[6])};
}

class QuantizeFunction : public torch::autograd::Function<QuantizeFunction> {
 public:
  static at::Tensor forward(
      torch::autograd::AutogradContext* context,
      const at::Tensor& input,
      const at::Tensor& /*scale*/,
      const at::Tensor& /*offset*/,
      bool has_offset,
      const std::vector<double>& settings) {
    const at::Tensor x = dense(input);
    context->save_for_backward({x});
    context->saved_data["settings"] = settings;
    context->saved_data["has_offset"] = has_offset;
    return forward_pass(unpack(settings), x);
  }

  static torch::autograd::tensor_list backward(
      torch::autograd::AutogradContext* context,
      torch::autograd::tensor_list gradients) {
    const at::Tensor x = context->get_saved_variables().front();
    const FakeQuantize settings =
        unpack(context->saved_data["settings"].toDoubleVector());
    const bool has_offset = context->saved_data["has_offset"].toBool();
    const Gradients result =
        backward_pass(settings, x, gradients.front(), has_offset);
    const double scale = static_cast<double>(settings.parameters.scale);
    return {
        result.input,
        at::full({1}, result.scale, x.options()),
        has_offset ? at::full({1}, -scale * result.stopped, x.options())
                   : at::Tensor(),
        at::Tensor(),
        at::Tensor()};
  }
};

}  // namespace

AffineParameters ActivationStep::parameters() const {
  if (!offset.defined()) {
    return {.scale = scale.item<float>(), .zero_point = zero_point};
  }
  const auto nearest =
      static_cast<std::int32_t>(std::nearbyint(offset.item<float>()));
  return {
      .scale = scale.item<float>(),
      .zero_point = std::clamp(nearest, grid.lowest(), grid.highest())};
}

at::Tensor quantize_activation(
    const at::Tensor& input,
    const ActivationStep& step,
    const ClampRange& range,
    const DropSettings& drop) {
  const FakeQuantize settings{
      .grid = step.grid,
      .parameters = step.parameters(),
      .low = range.low,
      .high = range.high,
      .drop_probability = static_cast<float>(drop.probability),
      .seed = drop.seed};
  if (!at::GradMode::is_enabled()) {
    return forward_pass(settings, dense(input));
  }
  // Inputs of an operation must be defined.
  const bool has_offset = step.offset.defined();
  return QuantizeFunction::apply(
      input,
      step.scale,
      has_offset ? step.offset : step.scale,
      has_offset,
      pack(settings));
}

}  // namespace ompq
