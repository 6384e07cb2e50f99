// SPDX-License-Identifier: MIT
#include "ompq/export/packed_form.h"

#include <algorithm>

#include <fmt/format.h>

#include "ompq/export/byte_quantizer.h"
#include "ompq/export/integer_biases.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

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

}  // namespace

PackedForm::PackedForm(
    const ClippedGrids& clipped,
    const IntegerInputs& inputs,
    const QuantizedModel& model,
    const MakePackedConstants& make_constants,
    bool has_groups)
    : grids_(clipped.grids),
      inputs_(inputs),
      weights_(
          clipped.graph,
          model,
          inputs,
          unused_prefix(clipped.graph),
          make_constants,
          has_groups) {
  const std::string prefix = unused_prefix(clipped.graph);
  for (const QuantizedLayer& layer : model.layers) {
    bias_names_.emplace(
        layer.name, fmt::format("{}wb{}", prefix, bias_names_.size()));
  }
  for (const auto& [layer, input] : inputs_) {
    scale_names_.emplace(
        input.value, fmt::format("{}wx{}", prefix, scale_names_.size()));
  }
  for (const QuantizedActivation& activation : model.activations) {
    activation_names_.emplace(
        activation.value,
        fmt::format("{}a{}", prefix, activation_names_.size()));
  }
}

std::string PackedForm::add_weight(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    const Value& weight,
    GraphBuilder& builder) const {
  return weights_.add(layer, weight, builder);
}

/// Integers where an integer kernel reads them: runtimes would make integers of
/// floats when they load the file, by many nodes for each bias.
std::string PackedForm::add_bias(
    const QuantizedLayer& layer,
    const Node& node,
    GraphBuilder& builder) const {
  const auto channels = static_cast<std::int64_t>(layer.bias.size());
  const std::string& name = bias_names_.at(layer.name);
  const PackedConstants& weight = weights_.constants_of(layer);
  const auto input = inputs_.find(layer.name);
  const auto codes = integer_bias(
      layer, node, weight, input == inputs_.end() ? nullptr : &input->second);
  if (!codes) {
    builder.add_constant(name, Constant::from<float>(layer.bias, {channels}));
    return name;
  }
  builder.add_constant(
      name + "c", Constant::from<std::int32_t>(*codes, {channels}));
  const std::string input_scale = add_input_scale(input->second, builder);
  builder.add_node(
      {.op_type = "Mul",
       .inputs = {weights_.scale_name(layer), input_scale},
       .outputs = {name + "s"}});
  builder.add_node(
      {.op_type = "DequantizeLinear",
       .inputs = {name + "c", name + "s"},
       .outputs = {name},
       .attributes = {{"axis", 0}}});
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, {{{channels, ""}}});
  return name;
}

std::string PackedForm::add_input_scale(
    const IntegerInput& input, GraphBuilder& builder) const {
  std::string name = scale_names_.at(input.value);
  if (builder.fresh_name(name) == name) {
    builder.add_constant(name, Constant::scalar<float>(input.scale));
  }
  return name;
}

std::string PackedForm::activation_name(
    const QuantizedActivation& activation) const {
  return activation_names_.at(activation.value);
}

std::vector<NodeSpec> PackedForm::activation_nodes(
    const QuantizedActivation& activation,
    const Value& value,
    const std::string& result,
    GraphBuilder& builder) const {
  const std::string& stem = activation_names_.at(activation.value);
  const auto grid = grids_.find(activation.value);
  if (grid != grids_.end()) {
    return byte_quantizer_nodes(grid->second, value, stem, result, builder);
  }
  return quantizer_nodes(activation, value, stem, result, builder);
}

}  // namespace ompq::detail
