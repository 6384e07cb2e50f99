// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/own_parameters.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq {
namespace {

/// What a layer adds now: nullopt if it is nothing a bias could replace.
std::optional<std::vector<float>> present_bias(
    const Graph& graph, const Node& node, std::int64_t channels) {
  if (!node.input(2).has_value()) {
    return std::vector<float>(static_cast<std::size_t>(channels));
  }
  const Constant* bias = graph.constant_input(node, 2);
  const Shape row{channels};
  const Shape one_row{1, channels};
  if (bias == nullptr || bias->type() != DataType::Float32 ||
      (bias->size() != 1 && bias->shape() != row && bias->shape() != one_row)) {
    return std::nullopt;
  }
  const auto elements = bias->elements<float>();
  if (bias->size() == channels) {
    return std::vector<float>(elements.begin(), elements.end());
  }
  return std::vector<float>(
      static_cast<std::size_t>(channels), elements.front());
}

/// The layer's node as it stands in the builder.
GraphBuilder::NodeSpec spec_of(
    const GraphBuilder& builder, const std::string& name) {
  return *std::find_if(
      builder.nodes().begin(), builder.nodes().end(), [&](const auto& spec) {
        return spec.name == name;
      });
}

}  // namespace

bool can_add_bias(const Node& node, const Layer& layer) {
  return layer.kind != LayerKind::MatMul &&
         (layer.kind != LayerKind::Gemm || node.real("beta", 1) == 1);
}

Graph with_own_parameters(const Graph& graph, const LayerTable& layers) {
  GraphBuilder builder(graph);
  std::unordered_set<std::string> taken_weights;
  for (const Layer& layer : layers) {
    const Node& node = graph.node(layer.node);
    GraphBuilder::NodeSpec spec = spec_of(builder, layer.name);
    if (!taken_weights.insert(layer.weight_name).second) {
      spec.inputs[1] = builder.add_fresh_constant(
          layer.name + "_weight", *graph.constant_input(node, 1));
    }
    const auto bias = can_add_bias(node, layer)
                          ? present_bias(graph, node, layer.output_channels)
                          : std::nullopt;
    if (bias.has_value()) {
      spec.inputs.resize(3);
      spec.inputs[2] = builder.add_fresh_constant(
          layer.name + "_bias", Constant::from(*bias, {layer.output_channels}));
    }
    builder.replace_node(layer.name, {std::move(spec)});
  }
  return std::move(builder).build();
}

}  // namespace ompq
