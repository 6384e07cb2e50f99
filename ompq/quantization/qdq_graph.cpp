// SPDX-License-Identifier: MIT
#include "ompq/quantization/qdq_graph.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "ompq/quantization/qdq_constants.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

std::string add_constant(
    GraphBuilder& builder, const std::string& stem, Constant constant) {
  std::string name = builder.fresh_name(stem);
  builder.add_constant(name, std::move(constant));
  return name;
}

/// The grid's ends as real numbers, where its container holds more codes.
NodeSpec clip_to_grid(
    const QuantizedActivation& activation,
    const Value& value,
    const std::string& stem,
    GraphBuilder& builder) {
  const auto& [scale, zero_point] = activation.parameters;
  const auto limit = [&](const char* role, std::int32_t code) {
    return add_constant(
        builder,
        stem + role,
        Constant::scalar<float>(static_cast<float>(code - zero_point) * scale));
  };
  const std::string clipped = builder.fresh_name(stem + "_clipped");
  builder.set_type(clipped, DataType::Float32);
  builder.set_shape(clipped, value.shape);
  return {
      .op_type = "Clip",
      .inputs =
          {value.name,
           limit("_lowest", activation.grid.lowest()),
           limit("_highest", activation.grid.highest())},
      .outputs = {clipped}};
}

}  // namespace

std::string QdqForm::add_weight(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    const Value& weight,
    GraphBuilder& builder) const {
  return add_dequantized(
      detail::weight_constants(layer.weight, layer.name), weight, builder);
}

std::string QdqForm::add_dequantized(
    detail::WeightConstants constants,
    const Value& weight,
    GraphBuilder& builder,
    std::string codes) {
  NodeSpec spec{.op_type = "DequantizeLinear"};
  spec.inputs = {
      codes.empty()
          ? add_constant(
                builder, weight.name + "_quantized", std::move(constants.codes))
          : std::move(codes),
      add_constant(
          builder, weight.name + "_scale", std::move(constants.scale))};
  if (constants.zero_point.has_value()) {
    spec.inputs.push_back(add_constant(
        builder,
        weight.name + "_zero_point",
        std::move(*constants.zero_point)));
  }
  if (constants.axis.has_value()) {
    spec.attributes["axis"] = *constants.axis;
  }
  if (constants.block_size > 0) {
    spec.attributes["block_size"] = constants.block_size;
  }
  std::string name = builder.fresh_name(weight.name + "_dequantized");
  spec.outputs = {name};
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, weight.shape);
  builder.add_node(std::move(spec));
  return name;
}

std::vector<NodeSpec> QdqForm::activation_nodes(
    const QuantizedActivation& activation,
    const Value& value,
    const std::string& result,
    GraphBuilder& builder) const {
  return quantizer_nodes(activation, value, value.name, result, builder);
}

std::vector<NodeSpec> QdqForm::quantizer_nodes(
    const QuantizedActivation& activation,
    const Value& value,
    const std::string& stem,
    const std::string& result,
    GraphBuilder& builder) {
  const IntegerGrid& grid = activation.grid;
  const auto& [scale, zero_point] = activation.parameters;
  std::vector<NodeSpec> specs;
  std::string source = value.name;
  if (detail::is_narrower_than_container(grid)) {
    specs.push_back(clip_to_grid(activation, value, stem, builder));
    source = specs.back().outputs.front();
  }
  const std::string scale_name =
      add_constant(builder, stem + "_scale", Constant::scalar<float>(scale));
  const std::string zero_name = add_constant(
      builder,
      stem + "_zero_point",
      detail::code_constant(grid, std::array{zero_point}, {}));
  const std::string quantized = builder.fresh_name(stem + "_quantized");
  builder.set_type(quantized, detail::container_of(grid));
  builder.set_shape(quantized, value.shape);
  specs.push_back(
      {.op_type = "QuantizeLinear",
       .inputs = {source, scale_name, zero_name},
       .outputs = {quantized}});
  specs.push_back(
      {.op_type = "DequantizeLinear",
       .inputs = {quantized, scale_name, zero_name},
       .outputs = {result}});
  return specs;
}

Graph to_qdq_graph(const Graph& float_graph, const QuantizedModel& model) {
  return insert_quantizers(float_graph, model, QdqForm());
}

}  // namespace ompq
