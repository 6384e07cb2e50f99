// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/joint_unit.h"

#include <string>
#include <unordered_map>

namespace ompq {

Unit whole_network(const Graph& graph, const LayerTable& layers) {
  Unit whole{.name = "network"};
  for (const Node& node : graph.nodes()) {
    whole.nodes.push_back(node.id);
  }
  whole.inputs.assign(graph.inputs().begin(), graph.inputs().end());
  whole.outputs.assign(graph.outputs().begin(), graph.outputs().end());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    whole.layers.emplace_back(i);
  }
  return whole;
}

UnitResult joined_units(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<CalibratedActivation>& activations,
    const QuantizedModel& model) {
  std::unordered_map<std::string, const QuantizedLayer*> layer_called;
  for (const QuantizedLayer& layer : model.layers) {
    layer_called.emplace(layer.name, &layer);
  }
  std::unordered_map<std::string, const QuantizedActivation*> activation_of;
  for (const QuantizedActivation& activation : model.activations) {
    activation_of.emplace(activation.value, &activation);
  }
  UnitResult all;
  for (const Layer& layer : layers) {
    all.layers.push_back(*layer_called.at(layer.name));
  }
  for (const CalibratedActivation& each : activations) {
    const std::string& value = each.activation.value;
    if (graph.value(*graph.find_value(value)).producer.has_value()) {
      all.activations.push_back(*activation_of.at(value));
    }
  }
  return all;
}

}  // namespace ompq
