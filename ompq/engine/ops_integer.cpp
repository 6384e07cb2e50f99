// SPDX-License-Identifier: MIT
// Operators on codes of one byte, with constant weights, scales and zero
// points.
#include <memory>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/code_arithmetic.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {
namespace {

const Constant& constant_at(
    const Graph& graph, const Node& node, std::size_t index, const char* what) {
  const Constant* constant = graph.constant_input(node, index);
  OMPQ_CHECK(
      constant != nullptr,
      ErrorCode::Unsupported,
      "{} (input {}) is not constant",
      what,
      index);
  return *constant;
}

CodeGrid grid_at(
    const Graph& graph,
    const Node& node,
    std::size_t scale,
    std::size_t zero_point) {
  const Constant& step = constant_at(graph, node, scale, "a scale");
  const Constant& zero = constant_at(graph, node, zero_point, "a zero point");
  OMPQ_CHECK(
      step.size() == 1 && zero.size() == 1,
      ErrorCode::Unsupported,
      "an activation has {} scales; one is expected",
      step.size());
  return {
      .scale = static_cast<float>(step.to_double().front()),
      .zero_point = static_cast<std::int32_t>(zero.to_int64().front())};
}

/// Where the inputs of a layer on codes stand.
struct LayerInputs {
  std::size_t scale = 1;
  std::size_t zero_point = 2;
  std::size_t weight = 3;
  std::size_t weight_scale = 4;
  std::size_t weight_zero_point = 5;
  std::size_t bias = 8;
  std::size_t result_scale = 6;
  std::size_t result_zero_point = 7;
};

/// code - zero_point of a weight, as float32.
Constant centred_weight(
    const Graph& graph,
    const Node& node,
    const LayerInputs& inputs,
    std::int64_t axis) {
  const Constant& codes = constant_at(graph, node, inputs.weight, "the weight");
  const Constant& zeros = constant_at(
      graph, node, inputs.weight_zero_point, "the weight's zero point");
  const at::Tensor numbers = to_tensor(codes).to(at::kFloat);
  at::Tensor zero = to_tensor(zeros).to(at::kFloat).reshape({-1});
  if (zero.numel() > 1) {
    std::vector<std::int64_t> shape(codes.shape().size(), 1);
    shape[static_cast<std::size_t>(axis)] = zero.numel();
    zero = zero.reshape(shape);
  }
  return to_constant((numbers - zero).contiguous());
}

/// The layer on floats, by the engine's fastest means: sums of products of
/// integers are exact in float32.
std::shared_ptr<const Network> layer_network(
    const Node& node, const std::string& op_type, Constant weight) {
  GraphBuilder builder("layer");
  builder.add_input("x", DataType::Float32, std::nullopt);
  builder.add_constant("w", std::move(weight));
  builder.add_node(
      {.name = node.name,
       .domain = {},
       .op_type = op_type,
       .inputs = {"x", "w"},
       .outputs = {"y"},
       .attributes = node.attributes});
  builder.add_output("y");
  return std::make_shared<const Network>(std::move(builder).build());
}

std::vector<float> multipliers_of(
    const Graph& graph,
    const Node& node,
    const LayerInputs& inputs,
    float input_scale,
    std::optional<float> result_scale) {
  const Constant& scales =
      constant_at(graph, node, inputs.weight_scale, "the weight's scale");
  std::vector<float> multipliers;
  for (const double given : scales.to_double()) {
    const float product = input_scale * static_cast<float>(given);
    multipliers.push_back(result_scale ? product / *result_scale : product);
  }
  return multipliers;
}

std::vector<std::int32_t> bias_of(
    const Graph& graph, const Node& node, std::size_t index) {
  if (!node.input(index)) {
    return {};
  }
  std::vector<std::int32_t> bias;
  for (const std::int64_t code :
       constant_at(graph, node, index, "the bias").to_int64()) {
    bias.push_back(static_cast<std::int32_t>(code));
  }
  return bias;
}

/// A layer whose result is codes, or floats if no scale is given for it.
///
/// @param axis  of the output channels in the weight
Operator make_layer(
    const Node& node,
    const Graph& graph,
    const std::string& op_type,
    const LayerInputs& inputs,
    std::int64_t axis) {
  const CodeGrid input = grid_at(graph, node, inputs.scale, inputs.zero_point);
  const auto network =
      layer_network(node, op_type, centred_weight(graph, node, inputs, axis));
  const bool is_coded = node.input(inputs.result_zero_point).has_value();
  Requantization to{.bias = bias_of(graph, node, inputs.bias)};
  std::optional<float> result_scale;
  if (is_coded) {
    const CodeGrid result =
        grid_at(graph, node, inputs.result_scale, inputs.result_zero_point);
    result_scale = result.scale;
    to.zero_point = result.zero_point;
    to.type = graph.constant_input(node, inputs.result_zero_point)->type();
  }
  to.multipliers =
      multipliers_of(graph, node, inputs, input.scale, result_scale);
  return [=](const Tensors& tensors) -> Tensors {
    const at::Tensor sums =
        network->run({{centred_codes(tensors[0], input.zero_point)}})
            .front()
            .front();
    const std::int64_t channels = op_type == "Conv" ? 1 : sums.dim() - 1;
    if (is_coded) {
      return {requantize(sums, channels, to)};
    }
    at::Tensor total = sums;
    if (!to.bias.empty()) {
      total = total + at::tensor(to.bias, at::kInt);
    }
    return {total.to(at::kFloat) * at::tensor(to.multipliers, at::kFloat)};
  };
}

Operator make_integer_conv(const Node& node, const Graph& graph) {
  return make_layer(node, graph, "Conv", {}, 0);
}

Operator make_integer_matmul(const Node& node, const Graph& graph) {
  const auto rank = static_cast<std::int64_t>(
      constant_at(graph, node, 3, "the weight").shape().size());
  return make_layer(node, graph, "MatMul", {}, rank - 1);
}

Operator make_integer_gemm(const Node& node, const Graph& graph) {
  return make_layer(
      node,
      graph,
      "Gemm",
      {.bias = 6, .result_scale = 7, .result_zero_point = 8},
      node.integer("transB", 0) != 0 ? 0 : 1);
}

Operator make_matmul_to_float(const Node& node, const Graph& graph) {
  const auto rank = static_cast<std::int64_t>(
      constant_at(graph, node, 1, "the weight").shape().size());
  constexpr std::size_t kNone = 9;
  return make_layer(
      node,
      graph,
      "MatMul",
      {.scale = 2,
       .zero_point = 4,
       .weight = 1,
       .weight_scale = 3,
       .weight_zero_point = 5,
       .bias = kNone,
       .result_scale = kNone,
       .result_zero_point = kNone},
      rank - 1);
}

using Combination = at::Tensor (*)(
    const at::Tensor&,
    const CodeGrid&,
    const at::Tensor&,
    const CodeGrid&,
    const CodeGrid&);

template <Combination combine>
Operator make_elementwise(const Node& node, const Graph& graph) {
  return [a = grid_at(graph, node, 1, 2),
          b = grid_at(graph, node, 4, 5),
          c = grid_at(graph, node, 6, 7)](const Tensors& inputs) -> Tensors {
    return {combine(inputs[0], a, inputs[3], b, c)};
  };
}

/// code = [sum of (codes - zero_point) * scale / (result scale * count)]
Operator make_integer_global_average_pool(
    const Node& node, const Graph& graph) {
  OMPQ_CHECK(
      node.integer("channels_last", 0) == 0,
      ErrorCode::Unsupported,
      "channels_last is not supported");
  const CodeGrid input = grid_at(graph, node, 1, 2);
  const CodeGrid result = grid_at(graph, node, 3, 4);
  const DataType type = graph.constant_input(node, 4)->type();
  return [=](const Tensors& inputs) -> Tensors {
    std::vector<std::int64_t> axes;
    std::int64_t count = 1;
    for (std::int64_t axis = 2; axis < inputs[0].dim(); ++axis) {
      axes.push_back(axis);
      count *= inputs[0].size(axis);
    }
    const at::Tensor sums =
        inputs[0].sum(axes, true, at::kLong) - count * input.zero_point;
    const float multiplier =
        input.scale / (result.scale * static_cast<float>(count));
    return {requantize(
        sums.to(at::kFloat),
        1,
        {.multipliers = {multiplier},
         .bias = {},
         .zero_point = result.zero_point,
         .type = type})};
  };
}

constexpr std::string_view kRuntime = "com.microsoft";

}  // namespace

std::span<const OperatorEntry> integer_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"MatMulIntegerToFloat", 6, 6, make_matmul_to_float, kRuntime},
      {"QGemm", 6, 9, make_integer_gemm, kRuntime},
      {"QLinearAdd", 8, 8, make_elementwise<add_codes>, kRuntime},
      {"QLinearConv", 8, 9, make_integer_conv},
      {"QLinearGlobalAveragePool",
       5,
       5,
       make_integer_global_average_pool,
       kRuntime},
      {"QLinearMatMul", 8, 8, make_integer_matmul},
      {"QLinearMul", 8, 8, make_elementwise<multiply_codes>, kRuntime},
  };
  return kOperators;
}

}  // namespace ompq
