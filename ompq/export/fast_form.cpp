// SPDX-License-Identifier: MIT
#include "ompq/export/fast_form.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ompq/export/fast_weight.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr std::int32_t kHighestByte = 255;

std::string add_constant(
    GraphBuilder& builder, const std::string& stem, Constant constant) {
  std::string name = builder.fresh_name(stem);
  builder.add_constant(name, std::move(constant));
  return name;
}

std::string add_code(
    GraphBuilder& builder, const std::string& stem, std::int32_t code) {
  return add_constant(
      builder,
      stem,
      Constant::scalar<std::uint8_t>(static_cast<std::uint8_t>(code)));
}

/// A new value of the type and shape of another.
std::string add_value(
    GraphBuilder& builder,
    const std::string& stem,
    DataType type,
    const Value& like) {
  std::string name = builder.fresh_name(stem);
  builder.set_type(name, type);
  builder.set_shape(name, like.shape);
  return name;
}

/// Limits codes to those that occur.
NodeSpec limit_codes(
    const ByteGrid& grid,
    const Value& value,
    const std::string& quantized,
    GraphBuilder& builder) {
  return {
      .op_type = "Clip",
      .inputs =
          {quantized,
           add_code(builder, value.name + "_lowest", grid.lowest),
           add_code(builder, value.name + "_highest", grid.highest)},
      .outputs = {
          add_value(builder, value.name + "_limited", DataType::UInt8, value)}};
}

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
  const ByteGrid& grid = found->second;
  const std::string scale = add_constant(
      builder,
      value.name + "_scale",
      Constant::scalar<float>(grid.parameters.scale));
  const std::string zero_point =
      add_code(builder, value.name + "_zero_point", grid.parameters.zero_point);
  const std::string quantized =
      add_value(builder, value.name + "_quantized", DataType::UInt8, value);
  std::vector<NodeSpec> specs{
      {.op_type = "QuantizeLinear",
       .inputs = {value.name, scale, zero_point},
       .outputs = {quantized}}};
  if (!grid.is_copy && (grid.lowest > 0 || grid.highest < kHighestByte)) {
    specs.push_back(limit_codes(grid, value, quantized, builder));
  }
  specs.push_back(
      {.op_type = "DequantizeLinear",
       .inputs = {specs.back().outputs.front(), scale, zero_point},
       .outputs = {result}});
  return specs;
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
         (node.op_type == "Gemm" && node.integer("transA", 0) == 0 &&
          node.real("alpha", 1.0F) == 1.0F);
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
  constexpr auto kHighest =
      static_cast<float>(std::numeric_limits<std::int32_t>::max() / 2);
  const float input_scale = grid_of(node.input(0))->parameters.scale;
  std::vector<float> scales;
  std::vector<std::int32_t> codes;
  for (std::size_t i = 0; i < layer.bias.size(); ++i) {
    const float scale = input_scale * weight.scales[i];
    const float code = std::nearbyint(layer.bias[i] / scale);
    if (!(std::abs(code) <= kHighest)) {
      return std::nullopt;
    }
    scales.push_back(scale);
    codes.push_back(static_cast<std::int32_t>(code));
  }
  const Shape shape{static_cast<std::int64_t>(codes.size())};
  const std::string stem = layer.name + "_bias";
  NodeSpec spec{.op_type = "DequantizeLinear", .attributes = {{"axis", 0}}};
  spec.inputs = {
      add_constant(
          builder,
          stem + "_quantized",
          Constant::from<std::int32_t>(codes, shape)),
      add_constant(
          builder, stem + "_scale", Constant::from<float>(scales, shape))};
  const std::string name = builder.fresh_name(stem);
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, std::vector<Dimension>{{shape.front(), ""}});
  spec.outputs = {name};
  return spec;
}

}  // namespace ompq::detail
