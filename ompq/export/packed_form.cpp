// SPDX-License-Identifier: MIT
#include "ompq/export/packed_form.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "ompq/graph/packed_functions.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

/// Numbers of channels in a shape that broadcasts to the weight's; one number
/// if all are equal.
Constant broadcast_form(
    const Constant& numbers,
    const PackedConstants& constants,
    const Shape& weight) {
  const std::vector<double> all = numbers.to_double();
  const bool is_uniform = std::ranges::all_of(
      all, [&](double number) { return number == all.front(); });
  if (is_uniform) {
    return Constant::scalar<double>(all.front()).cast(numbers.type());
  }
  if (constants.group_size > 0) {
    return numbers;
  }
  Shape shape(weight.size(), 1);
  shape[static_cast<std::size_t>(*constants.axis)] = numbers.size();
  return numbers.reshaped(std::move(shape));
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

/// Scales or zero points for an unpack function: in groups they are repeated
/// for the elements of each.
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
       .op_type = groups_function_name(*constants.axis),
       .inputs = {std::move(name), shape, add(stem + "g", size, builder)},
       .outputs = {repeated},
       .attributes = {}});
  return repeated;
}

}  // namespace

PackedForm::PackedForm(const Graph& graph, const QuantizedModel& model)
    : integer_inputs_(find_integer_inputs(graph, model)) {
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

PackedConstants PackedForm::constants_of(
    const QuantizedLayer& layer, const IntegerInput* input) const {
  return packed_constants(layer, input);
}

std::string PackedForm::add_weight(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    const Value& weight,
    GraphBuilder& builder) const {
  const std::string& stem = stems_.at(layer.name);
  const auto input = integer_inputs_.find(layer.name);
  const PackedConstants constants = constants_of(
      layer, input == integer_inputs_.end() ? nullptr : &input->second);
  const Shape& shape = layer.weight.shape;
  NodeSpec spec{
      .name = {},
      .domain = std::string(kPackedDomain),
      .op_type = constants.base ? codes_function_name(constants.bits)
                                : unpack_function_name(constants.bits),
      .inputs = {},
      .outputs = {},
      .attributes = {}};
  for (const Constant& plane : constants.planes) {
    const std::string name = fmt::format("{}p{}", stem, spec.inputs.size());
    spec.inputs.push_back(add(name, plane, builder));
  }
  const std::string shape_name = add_shape(shape, stem, builder);
  spec.inputs.push_back(shape_name);
  const auto add_for_function = [&](const Constant& given, const char* role) {
    spec.inputs.push_back(add_numbers(
        broadcast_form(given, constants, shape),
        constants,
        shape_name,
        stem + role,
        builder));
  };
  add_for_function(constants.zero_point, "z");
  std::string name = builder.fresh_name(stem);
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, weight.shape);
  if (!constants.base) {
    add_for_function(constants.scale, "s");
    spec.outputs = {name};
    builder.add_node(std::move(spec));
    return name;
  }
  const std::string codes = builder.fresh_name(stem + "c");
  builder.set_type(codes, constants.base->type());
  builder.set_shape(codes, weight.shape);
  const std::string base = add(stem + "o", *constants.base, builder);
  spec.inputs.push_back(base);
  spec.outputs = {codes};
  builder.add_node(std::move(spec));
  builder.add_node(dequantizer(constants, stem, codes, base, name, builder));
  return name;
}

NodeSpec PackedForm::dequantizer(
    const PackedConstants& constants,
    const std::string& stem,
    const std::string& codes,
    const std::string& base,
    const std::string& name,
    GraphBuilder& builder) const {
  const std::string scale = add(stem + "s", constants.scale, builder);
  NodeSpec spec{
      .name = {},
      .domain = {},
      .op_type = "DequantizeLinear",
      .inputs = {codes, scale, base},
      .outputs = {name},
      .attributes = {}};
  if (constants.axis) {
    spec.attributes["axis"] = *constants.axis;
    spec.inputs.back() = builder.fresh_name(stem + "r");
    builder.add_node(
        {.name = {},
         .domain = std::string(kPackedDomain),
         .op_type = std::string(kRepeatFunction),
         .inputs = {base, scale},
         .outputs = {spec.inputs.back()},
         .attributes = {}});
  }
  return spec;
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
