// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/make_units.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/graph/subgraph.h"
#include "ompq/reconstruction/one_shot.h"
#include "ompq/reconstruction/own_parameters.h"

namespace ompq {
namespace {

std::unordered_set<std::string> computed_values(
    const Graph& graph, const Unit& unit) {
  std::unordered_set<std::string> values;
  for (const NodeId id : unit.nodes) {
    for (const auto& output : graph.node(id).outputs) {
      if (output.has_value()) {
        values.insert(graph.value(*output).name);
      }
    }
  }
  return values;
}

/// Quantized values of the unit; those that share a scale share the tensor.
std::vector<UnitActivation> unit_activations(
    const Graph& graph,
    const Unit& unit,
    const std::vector<CalibratedActivation>& activations) {
  const std::unordered_set<std::string> computed = computed_values(graph, unit);
  std::unordered_map<std::size_t, at::Tensor> scale_of_site;
  std::unordered_set<std::size_t> shared_with_others;
  for (const CalibratedActivation& each : activations) {
    if (!computed.contains(each.activation.value)) {
      shared_with_others.insert(each.site);
    }
  }
  std::vector<UnitActivation> result;
  for (const CalibratedActivation& each : activations) {
    if (!computed.contains(each.activation.value)) {
      continue;
    }
    const AffineParameters& parameters = each.activation.parameters;
    at::Tensor& scale = scale_of_site[each.site];
    if (!scale.defined()) {
      scale = at::full({1}, parameters.scale);
    }
    result.push_back(
        {.value = each.activation.value,
         .step =
             {.grid = each.activation.grid,
              .zero_point = parameters.zero_point,
              .scale = scale},
         .site = each.site,
         .is_learned = !shared_with_others.contains(each.site)});
  }
  return result;
}

UnitLayer make_layer(
    const Graph& graph,
    const Layer& layer,
    int bits,
    const ReconstructionOptions& options) {
  const Node& node = graph.node(layer.node);
  UnitLayer result{
      .name = layer.name,
      .layout = weight_rows(graph, layer),
      .grid = {
          .bits = bits, .is_signed = has_symmetric_weights(options, bits)}};
  result.weight =
      to_rows(to_tensor(*graph.constant_input(node, 1)), result.layout);
  const Constant* bias = graph.constant_input(node, 2);
  // Others are none, or add something that a change of them would not show in.
  if (can_add_bias(node, layer) && bias != nullptr &&
      bias->shape() == Shape{layer.output_channels}) {
    result.bias = to_tensor(*bias);
  }
  try {
    result.rounded =
        round_to_nearest(result.weight, scale_options(result, options));
  } catch (const Error& error) {
    fail(error.code(), "[quantize] layer '{}': {}", layer.name, error.what());
  }
  return result;
}

std::vector<std::string> names_of(
    const Graph& graph, const std::vector<ValueId>& values) {
  std::vector<std::string> names;
  for (const ValueId value : values) {
    names.push_back(graph.value(value).name);
  }
  return names;
}

}  // namespace

UnitProblem make_unit(
    const Graph& graph,
    const LayerTable& layers,
    const BitPlan& plan,
    const std::vector<Unit>& units,
    std::size_t index,
    const std::vector<CalibratedActivation>& activations,
    const ReconstructionOptions& options) {
  const Unit& unit = units[index];
  std::vector<UnitLayer> unit_layers;
  std::vector<std::string> layer_names;
  for (const LayerId id : unit.layers) {
    const Layer& layer = layers[id.index()];
    unit_layers.push_back(
        make_layer(graph, layer, plan.layers[id.index()].weight_bits, options));
    layer_names.push_back(layer.name);
  }
  std::vector<UnitActivation> quantized =
      unit_activations(graph, unit, activations);
  std::vector<std::string> quantized_names;
  for (const UnitActivation& activation : quantized) {
    quantized_names.push_back(activation.value);
  }
  return {
      .network = UnitNetwork(
          subgraph(graph, unit.nodes, unit.inputs, unit.outputs),
          std::move(layer_names),
          std::move(quantized_names)),
      .inputs = names_of(graph, unit.inputs),
      .outputs = names_of(graph, unit.outputs),
      .layers = std::move(unit_layers),
      .activations = std::move(quantized),
      .index = index};
}

}  // namespace ompq
