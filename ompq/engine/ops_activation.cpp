// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/unary_operator.h"

namespace ompq {
namespace {

Operator make_clip(const Node& node, const Graph& graph) {
  return
      [low = ScalarInput(node, graph, 1),
       high = ScalarInput(node, graph, 2)](const Tensors& inputs) -> Tensors {
        const at::Tensor& input = inputs[0];
        const std::optional<at::Scalar> lower = low.read(inputs);
        const std::optional<at::Scalar> upper = high.read(inputs);
        if (lower && upper) {
          // The same numbers; its way back is one pass instead of four.
          const bool is_trained =
              input.requires_grad() && lower->toDouble() < upper->toDouble();
          return {
              is_trained ? at::hardtanh(input, *lower, *upper)
                         : at::clamp(input, *lower, *upper)};
        }
        if (lower) {
          return {at::clamp_min(input, *lower)};
        }
        return {upper ? at::clamp_max(input, *upper) : input};
      };
}

Operator make_leaky_relu(const Node& node, const Graph& /*graph*/) {
  return [slope = node.real("alpha", 0.01F)](const Tensors& inputs) -> Tensors {
    return {at::leaky_relu(inputs[0], slope)};
  };
}

at::Tensor prelu(const at::Tensor& input, const at::Tensor& slope) {
  return at::where(input < 0, input * slope, input);
}

Operator make_elu(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 1)](const Tensors& inputs) -> Tensors {
    return {at::elu(inputs[0], alpha)};
  };
}

Operator make_selu(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 1.67326319217681884765625F),
          gamma = node.real("gamma", 1.05070102214813232421875F)](
             const Tensors& inputs) -> Tensors {
    return {at::elu(inputs[0], alpha, gamma)};
  };
}

Operator make_celu(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 1)](const Tensors& inputs) -> Tensors {
    return {at::celu(inputs[0], alpha)};
  };
}

Operator make_thresholded_relu(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 1)](const Tensors& inputs) -> Tensors {
    return {inputs[0] * (inputs[0] > alpha)};
  };
}

Operator make_hard_sigmoid(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 0.2F),
          beta = node.real("beta", 0.5F)](const Tensors& inputs) -> Tensors {
    return {at::clamp(inputs[0] * alpha + beta, 0, 1)};
  };
}

Operator make_gelu(const Node& node, const Graph& /*graph*/) {
  const std::string approximate = node.text("approximate", "none");
  OMPQ_CHECK(
      approximate == "none" || approximate == "tanh",
      ErrorCode::InvalidModel,
      "approximate must be none or tanh, got '{}'",
      approximate);
  return [approximate](const Tensors& inputs) -> Tensors {
    return {at::gelu(inputs[0], approximate)};
  };
}

Operator make_shrink(const Node& node, const Graph& /*graph*/) {
  return [bias = node.real("bias", 0),
          limit = node.real("lambd", 0.5F)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const at::Tensor zero = at::zeros_like(input);
    const at::Tensor above = at::where(input > limit, input - bias, zero);
    return {at::where(input < -limit, input + bias, above)};
  };
}

at::Tensor softplus(const at::Tensor& input) {
  return at::softplus(input);
}

at::Tensor softsign(const at::Tensor& input) {
  return input / (input.abs() + 1);
}

Operator make_swish(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 1)](const Tensors& inputs) -> Tensors {
    return {inputs[0] * at::sigmoid(inputs[0] * alpha)};
  };
}

Operator make_softmax(const Node& node, const Graph& /*graph*/) {
  return [axis = node.integer("axis", -1)](const Tensors& inputs) -> Tensors {
    return {at::softmax(inputs[0], positive_axis(axis, inputs[0].dim()))};
  };
}

Operator make_log_softmax(const Node& node, const Graph& /*graph*/) {
  return [axis = node.integer("axis", -1)](const Tensors& inputs) -> Tensors {
    return {at::log_softmax(inputs[0], positive_axis(axis, inputs[0].dim()))};
  };
}

/// 1 at the first largest element along the axis, 0 elsewhere.
Operator make_hardmax(const Node& node, const Graph& /*graph*/) {
  return [given = node.integer("axis", -1)](const Tensors& inputs) -> Tensors {
    const std::int64_t axis = positive_axis(given, inputs[0].dim());
    const at::Tensor index = at::argmax(inputs[0], axis, true);
    return {at::zeros_like(inputs[0]).scatter(axis, index, 1)};
  };
}

}  // namespace

std::span<const OperatorEntry> activation_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Celu", 1, 1, make_celu},
      {"Clip", 1, 3, make_clip},
      {"Elu", 1, 1, make_elu},
      {"Gelu", 1, 1, make_gelu},
      {"HardSigmoid", 1, 1, make_hard_sigmoid},
      {"HardSwish", 1, 1, make_unary<at::hardswish>},
      {"Hardmax", 1, 1, make_hardmax},
      {"LeakyRelu", 1, 1, make_leaky_relu},
      {"LogSoftmax", 1, 1, make_log_softmax},
      {"Mish", 1, 1, make_unary<at::mish>},
      {"PRelu", 2, 2, make_binary<prelu>},
      {"Relu", 1, 1, make_unary<at::relu>},
      {"Selu", 1, 1, make_selu},
      {"Shrink", 1, 1, make_shrink},
      {"Sigmoid", 1, 1, make_unary<at::sigmoid>},
      {"Softmax", 1, 1, make_softmax},
      {"Softplus", 1, 1, make_unary<softplus>},
      {"Softsign", 1, 1, make_unary<softsign>},
      {"Swish", 1, 1, make_swish},
      {"Tanh", 1, 1, make_unary<at::tanh>},
      {"ThresholdedRelu", 1, 1, make_thresholded_relu},
  };
  return kOperators;
}

}  // namespace ompq
