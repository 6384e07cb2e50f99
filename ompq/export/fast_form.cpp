// SPDX-License-Identifier: MIT
#include "ompq/export/fast_form.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ompq/export/byte_quantizer.h"
#include "ompq/export/fast_weight.h"
#include "ompq/export/integer_fusion.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

}  // namespace

std::string FastForm::add_weight(
    const QuantizedLayer& layer,
    const Node& node,
    const Value& weight,
    GraphBuilder& builder) const {
  WeightConstants constants = weight_constants(layer.weight, layer.name);
  if (const std::optional<QuantizedWeight> fast = fast_weight(layer, node)) {
    constants = weight_constants(*fast, layer.name);
    if (!constants.zero_point) {
      // Without one ONNX Runtime makes no QGemm.
      const std::vector<std::int8_t> zeros(
          static_cast<std::size_t>(constants.scale.size()));
      constants.zero_point =
          Constant::from<std::int8_t>(zeros, constants.scale.shape());
    }
  }
  return add_dequantized(std::move(constants), weight, builder);
}

std::string FastForm::add_bias(
    const QuantizedLayer& layer,
    const Node& node,
    GraphBuilder& builder) const {
  const std::optional<QuantizedWeight> weight = fast_weight(layer, node);
  const std::optional<NodeSpec> spec =
      weight && node.op_type != "MatMul"
          ? integer_bias(layer, node, *weight, builder)
          : std::nullopt;
  if (!spec) {
    return QdqForm::add_bias(layer, node, builder);
  }
  builder.add_node(*spec);
  return spec->outputs.front();
}

std::vector<NodeSpec> FastForm::activation_nodes(
    const QuantizedActivation& activation,
    const Value& value,
    const std::string& result,
    GraphBuilder& builder) const {
  const auto found = grids_.find(value.name);
  if (found == grids_.end()) {
    return QdqForm::activation_nodes(activation, value, result, builder);
  }
  return byte_quantizer_nodes(
      found->second, value, value.name, result, builder);
}

const ByteGrid* FastForm::grid_of(std::optional<ValueId> id) const {
  const auto found = grids_.find(graph_.value(*id).name);
  return found == grids_.end() ? nullptr : &found->second;
}

bool FastForm::runs_on_integers(const Node& node) const {
  if (grid_of(node.input(0)) == nullptr) {
    return false;
  }
  if (node.op_type == "Conv") {
    return grid_of(node.output(0)) != nullptr;
  }
  return node.op_type == "MatMul" ||
         (node.op_type == "Gemm" && has_integer_sums(node));
}

std::optional<QuantizedWeight> FastForm::fast_weight(
    const QuantizedLayer& layer, const Node& node) const {
  if (!runs_on_integers(node)) {
    return std::nullopt;
  }
  const Value& weight = graph_.value(*node.input(1));
  std::optional<QuantizedWeight> fast =
      with_one_zero_point(layer.weight, highest_input(graph_, grids_, weight));
  if (fast && weight.consumers.size() == 1) {
    fit_scales_to_biases(
        *fast, layer.bias, grid_of(node.input(0))->parameters.scale);
  }
  return fast;
}

std::optional<NodeSpec> FastForm::integer_bias(
    const QuantizedLayer& layer,
    const Node& node,
    const QuantizedWeight& weight,
    GraphBuilder& builder) const {
  const float input_scale = grid_of(node.input(0))->parameters.scale;
  const auto codes = bias_codes(layer.bias, weight.scales, input_scale);
  if (!codes) {
    return std::nullopt;
  }
  std::vector<float> scales = weight.scales;
  for (float& scale : scales) {
    scale *= input_scale;
  }
  const Shape shape{static_cast<std::int64_t>(codes->size())};
  const std::string stem = layer.name + "_bias";
  NodeSpec spec{.op_type = "DequantizeLinear", .attributes = {{"axis", 0}}};
  spec.inputs = {
      builder.add_fresh_constant(
          stem + "_quantized", Constant::from<std::int32_t>(*codes, shape)),
      builder.add_fresh_constant(
          stem + "_scale", Constant::from<float>(scales, shape))};
  const std::string name = builder.fresh_name(stem);
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, std::vector<Dimension>{{shape.front(), ""}});
  spec.outputs = {name};
  return spec;
}

}  // namespace ompq::detail
