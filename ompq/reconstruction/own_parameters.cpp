// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/own_biases.h"

#include <algorithm>
#include <string>
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
  if (bias == nullptr || bias->type() != DataType::Float32 ||
      (bias->size() != channels && bias->size() != 1)) {
    return std::nullopt;
  }
  const auto elements = bias->elements<float>();
  if (bias->size() == channels) {
    return std::vector<float>(elements.begin(), elements.end());
  }
  return std::vector<float>(
      static_cast<std::size_t>(channels), elements.front());
}

}  // namespace

Graph with_own_biases(const Graph& graph, const LayerTable& layers) {
  GraphBuilder builder(graph);
  for (const Layer& layer : layers) {
    const Node& node = graph.node(layer.node);
    const bool can_add =
        layer.kind != LayerKind::MatMul &&
        (layer.kind != LayerKind::Gemm || node.real("beta", 1) == 1);
    const auto bias = can_add ? present_bias(graph, node, layer.output_channels)
                              : std::nullopt;
    if (!bias.has_value()) {
      continue;
    }
    const std::string name = builder.fresh_name(layer.name + "_bias");
    builder.add_constant(name, Constant::from(*bias, {layer.output_channels}));
    const auto found = std::find_if(
        builder.nodes().begin(), builder.nodes().end(), [&](const auto& spec) {
          return spec.name == layer.name;
        });
    GraphBuilder::NodeSpec spec = *found;
    spec.inputs.resize(3);
    spec.inputs[2] = name;
    builder.replace_node(layer.name, {std::move(spec)});
  }
  return std::move(builder).build();
}

}  // namespace ompq
