// SPDX-License-Identifier: MIT
#include "ompq/export/packed_form.h"

#include <algorithm>

#include <fmt/format.h>

#include "ompq/export/byte_quantizer.h"

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
    : prefix_(unused_prefix(clipped.graph)),
      grids_(clipped.grids),
      weights_(
          clipped.graph, model, inputs, prefix_, make_constants, has_groups),
      biases_(clipped.graph, model, inputs, weights_, prefix_) {
  for (const QuantizedActivation& activation : model.activations) {
    activation_names_.emplace(
        activation.value,
        fmt::format("{}a{}", prefix_, activation_names_.size()));
  }
}

std::string PackedForm::add_weight(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    const Value& weight,
    GraphBuilder& builder) const {
  return weights_.add(layer, weight, builder);
}

std::string PackedForm::add_bias(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    GraphBuilder& builder) const {
  return biases_.add(layer, builder);
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
