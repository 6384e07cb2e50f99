// SPDX-License-Identifier: MIT
#include "ompq/export/packed_form.h"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_weight.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr int kByteBits = 8;

/// Codes or zero points above the lowest of their grid.
std::vector<std::uint32_t> above_lowest(
    const IntegerGrid& grid, std::span<const std::int64_t> codes) {
  std::vector<std::uint32_t> above;
  above.reserve(codes.size());
  for (const std::int64_t code : codes) {
    above.push_back(static_cast<std::uint32_t>(code - grid.lowest()));
  }
  return above;
}

/// Numbers along an axis in a shape that broadcasts to the weight's.
Constant broadcast_form(
    Constant numbers, const WeightConstants& weight, std::size_t rank) {
  if (weight.block_size > 0 || !weight.axis.has_value()) {
    return numbers;
  }
  Shape shape(rank, 1);
  shape[static_cast<std::size_t>(*weight.axis)] = numbers.size();
  return numbers.reshaped(std::move(shape));
}

/// Zero points on the unsigned grid; one where all are equal.
Constant zero_points_of(
    const QuantizedWeight& weight, const WeightConstants& constants) {
  const std::vector<std::int64_t> zeros = constants.zero_point
                                              ? constants.zero_point->to_int64()
                                              : std::vector<std::int64_t>{0};
  const auto above = above_lowest(weight.grid, zeros);
  const DataType type =
      weight.grid.bits > kByteBits ? DataType::UInt16 : DataType::UInt8;
  const bool is_uniform = std::ranges::all_of(
      above, [&](std::uint32_t zero) { return zero == above.front(); });
  if (is_uniform) {
    return Constant::scalar<std::uint32_t>(above.front()).cast(type);
  }
  return broadcast_form(
      Constant::from(above, constants.zero_point->shape()).cast(type),
      constants,
      weight.shape.size());
}

/// What new names begin with so that none of them is in the graph.
std::string unused_prefix(const Graph& graph) {
  std::string prefix;
  const auto is_used = [&](const Value& value) {
    const std::string& name = value.name;
    return name.size() > prefix.size() && name.starts_with(prefix) &&
           (name[prefix.size()] == 'w' || name[prefix.size()] == 'a');
  };
  while (std::ranges::any_of(graph.values(), is_used)) {
    prefix += '_';
  }
  return prefix;
}

std::string add(
    const std::string& stem, Constant constant, GraphBuilder& builder) {
  std::string name = builder.fresh_name(stem);
  builder.add_constant(name, std::move(constant));
  return name;
}

/// Scales or zero points, repeated for the elements of their group.
std::string add_numbers(
    const Constant& numbers,
    const PackedConstants& constants,
    const std::string& shape,
    const std::string& stem,
    GraphBuilder& builder) {
  std::string name = add(stem, numbers, builder);
  if (constants.group_size == 0 || numbers.size() == 1) {
    return name;
  }
  std::string repeated = builder.fresh_name(stem + "r");
  const Constant size = Constant::scalar<std::int64_t>(constants.group_size);
  builder.add_node(
      {.name = {},
       .domain = std::string(kPackedDomain),
       .op_type = groups_function_name(constants.axis),
       .inputs = {std::move(name), shape, add(stem + "g", size, builder)},
       .outputs = {repeated},
       .attributes = {}});
  return repeated;
}

}  // namespace

PackedConstants packed_constants(const QuantizedLayer& layer) {
  const QuantizedWeight& weight = layer.weight;
  const WeightConstants constants = weight_constants(weight, layer.name);
  return {
      .bits = weight.grid.bits,
      .planes = pack_codes(
          above_lowest(weight.grid, constants.codes.to_int64()),
          weight.grid.bits),
      .zero_point = zero_points_of(weight, constants),
      .scale = broadcast_form(constants.scale, constants, weight.shape.size()),
      .group_size = constants.block_size,
      .axis = constants.axis.value_or(0)};
}

PackedForm::PackedForm(const Graph& graph, const QuantizedModel& model) {
  const std::string prefix = unused_prefix(graph);
  for (const QuantizedLayer& layer : model.layers) {
    const std::string stem = fmt::format("{}w{}", prefix, stems_.size());
    stems_.emplace(layer.name, stem);
    // The first layer of a shape brings the constant for all.
    shapes_.try_emplace(layer.weight.shape, stem + "d");
  }
  for (const QuantizedActivation& activation : model.activations) {
    activation_stems_.emplace(
        activation.value,
        fmt::format("{}a{}", prefix, activation_stems_.size()));
  }
}

PackedConstants PackedForm::constants_of(const QuantizedLayer& layer) const {
  return packed_constants(layer);
}

std::string PackedForm::add_weight(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    const Value& weight,
    GraphBuilder& builder) const {
  const std::string& stem = stems_.at(layer.name);
  const PackedConstants constants = constants_of(layer);
  NodeSpec spec{
      .name = {},
      .domain = std::string(kPackedDomain),
      .op_type = unpack_function_name(constants.bits),
      .inputs = {},
      .outputs = {},
      .attributes = {}};
  for (const Constant& plane : constants.planes) {
    const std::string name = fmt::format("{}p{}", stem, spec.inputs.size());
    spec.inputs.push_back(add(name, plane, builder));
  }
  const std::string shape = add_shape(layer.weight.shape, stem, builder);
  spec.inputs.push_back(shape);
  spec.inputs.push_back(
      add_numbers(constants.zero_point, constants, shape, stem + "z", builder));
  spec.inputs.push_back(
      add_numbers(constants.scale, constants, shape, stem + "s", builder));
  std::string name = builder.fresh_name(stem);
  spec.outputs = {name};
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, weight.shape);
  builder.add_node(std::move(spec));
  return name;
}

std::string PackedForm::add_bias(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    GraphBuilder& builder) const {
  const auto channels = static_cast<std::int64_t>(layer.bias.size());
  return add(
      stems_.at(layer.name) + "b",
      Constant::from<float>(layer.bias, {channels}),
      builder);
}

std::string PackedForm::activation_name(
    const QuantizedActivation& activation) const {
  return activation_stems_.at(activation.value);
}

std::vector<NodeSpec> PackedForm::activation_nodes(
    const QuantizedActivation& activation,
    const Value& value,
    const std::string& result,
    GraphBuilder& builder) const {
  const std::string& stem = activation_stems_.at(activation.value);
  return quantizer_nodes(activation, value, stem, result, builder);
}

std::string PackedForm::add_shape(
    const Shape& shape, const std::string& stem, GraphBuilder& builder) const {
  const std::string& name = shapes_.at(shape);
  if (name == stem + "d") {
    builder.add_constant(
        name,
        Constant::from<std::int64_t>(
            shape, {static_cast<std::int64_t>(shape.size())}));
  }
  return name;
}

}  // namespace ompq::detail
