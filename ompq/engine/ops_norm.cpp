// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

Operator make_batch_norm(const Node& node, const Graph& /*graph*/) {
  OMPQ_CHECK(
      node.integer("training_mode", 0) == 0,
      ErrorCode::Unsupported,
      "training_mode is set; export the model for inference");
  return [epsilon =
              node.real("epsilon", 1e-5F)](const Tensors& inputs) -> Tensors {
    return {at::batch_norm(
        inputs[0],
        inputs[1],
        inputs[2],
        inputs[3],
        inputs[4],
        /*training=*/false,
        /*momentum=*/0,
        epsilon,
        /*cudnn_enabled=*/false)};
  };
}

Operator make_instance_norm(const Node& node, const Graph& /*graph*/) {
  return [epsilon =
              node.real("epsilon", 1e-5F)](const Tensors& inputs) -> Tensors {
    return {at::instance_norm(
        inputs[0],
        inputs[1],
        inputs[2],
        {},
        {},
        /*use_input_stats=*/true,
        /*momentum=*/0,
        epsilon,
        /*cudnn_enabled=*/false)};
  };
}

/// Sizes of the axes from `axis` on.
Sizes sizes_from(const at::Tensor& input, std::int64_t axis) {
  const auto first = static_cast<std::size_t>(positive_axis(axis, input.dim()));
  return input.sizes().slice(first).vec();
}

Operator make_layer_norm(const Node& node, const Graph& /*graph*/) {
  return [axis = node.integer("axis", -1),
          epsilon = node.real("epsilon", 1e-5F),
          outputs = node.outputs.size()](const Tensors& inputs) -> Tensors {
    const Sizes normalized = sizes_from(inputs[0], axis);
    const at::Tensor bias = optional_input(inputs, 2);
    auto [output, mean, inverse_deviation] = at::native_layer_norm(
        inputs[0],
        normalized,
        inputs[1].expand(normalized),
        bias.defined() ? bias.expand(normalized) : bias,
        epsilon);
    Tensors all{output, mean, inverse_deviation};
    all.resize(outputs);
    return all;
  };
}

/// y = x / sqrt(mean(x^2) + epsilon) scale, over the axes from `axis` on.
Operator make_rms_norm(const Node& node, const Graph& /*graph*/) {
  return
      [axis = node.integer("axis", -1), epsilon = node.real("epsilon", 1e-5F)](
          const Tensors& inputs) -> Tensors {
        const at::Tensor& input = inputs[0];
        Sizes axes;
        for (auto i = positive_axis(axis, input.dim()); i < input.dim(); ++i) {
          axes.push_back(i);
        }
        const at::Tensor mean_square = (input * input).mean(axes, true);
        return {input * at::rsqrt(mean_square + epsilon) * inputs[1]};
      };
}

Operator make_group_norm(const Node& node, const Graph& /*graph*/) {
  const std::int64_t groups = node.integer("num_groups", 0);
  OMPQ_CHECK(
      groups >= 1,
      ErrorCode::InvalidModel,
      "num_groups must be at least 1, got {}",
      groups);
  return [groups, epsilon = node.real("epsilon", 1e-5F)](
             const Tensors& inputs) -> Tensors {
    const std::int64_t channels = inputs[0].size(1);
    // Before opset 21 scale and bias are per group, since then per channel.
    const auto over_channels = [&](const at::Tensor& vector) {
      return vector.numel() == channels
                 ? vector
                 : vector.repeat_interleave(channels / groups);
    };
    return {at::group_norm(
        inputs[0],
        groups,
        over_channels(inputs[1]),
        over_channels(inputs[2]),
        epsilon,
        /*cudnn_enabled=*/false)};
  };
}

/// y = x / (bias + alpha / size sum of x^2 over `size` channels around)^beta
Operator make_local_response_norm(const Node& node, const Graph& /*graph*/) {
  const std::int64_t size = node.integer("size", 0);
  OMPQ_CHECK(
      size >= 1,
      ErrorCode::InvalidModel,
      "size must be at least 1, got {}",
      size);
  return [size,
          alpha = node.real("alpha", 1e-4F),
          beta = node.real("beta", 0.75F),
          bias = node.real("bias", 1)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    Sizes pads(2 * static_cast<std::size_t>(input.dim() - 1), 0);
    pads[pads.size() - 2] = (size - 1) / 2;
    pads[pads.size() - 1] = size / 2;
    const at::Tensor squares = at::constant_pad_nd(input * input, pads);
    const at::Tensor sums = squares.unfold(1, size, 1).sum(-1);
    return {input / at::pow(sums * (alpha / size) + bias, beta)};
  };
}

/// y = (x - mean) / deviation over `axes`, by default all but channels.
Operator make_mean_variance_norm(const Node& node, const Graph& /*graph*/) {
  return [axes = node.integers("axes", {0, 2, 3})](
             const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const at::Tensor centred = input - input.mean(axes, true);
    const at::Tensor deviation = at::sqrt((centred * centred).mean(axes, true));
    return {centred / (deviation + 1e-9)};
  };
}

}  // namespace

std::span<const OperatorEntry> norm_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"BatchNormalization", 5, 5, make_batch_norm},
      {"GroupNormalization", 3, 3, make_group_norm},
      {"InstanceNormalization", 3, 3, make_instance_norm},
      {"LRN", 1, 1, make_local_response_norm},
      {"LayerNormalization", 2, 3, make_layer_norm},
      {"MeanVarianceNormalization", 1, 1, make_mean_variance_norm},
      {"RMSNormalization", 2, 2, make_rms_norm},
  };
  return kOperators;
}

}  // namespace ompq
