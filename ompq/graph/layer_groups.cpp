// SPDX-License-Identifier: MIT
#include "ompq/graph/layer_groups.h"

#include <algorithm>
#include <unordered_set>

namespace ompq {
namespace {

/// For each node: true if exactly one computed value crosses from the nodes up
/// to it to those after it. The network can be cut there.
std::vector<bool> find_cuts(const Graph& graph) {
  std::vector<bool> cuts(graph.nodes().size(), false);
  std::unordered_set<ValueId> alive;
  for (const ValueId input : graph.inputs()) {
    alive.insert(input);
  }
  for (const Node& node : graph.nodes()) {
    for (const auto& input : node.inputs) {
      const bool last_use = input.has_value() && alive.contains(*input) &&
                            graph.value(*input).consumers.back() == node.id &&
                            !graph.is_output(*input);
      if (last_use) {
        alive.erase(*input);
      }
    }
    for (const auto& output : node.outputs) {
      if (output.has_value()) {
        alive.insert(*output);
      }
    }
    cuts[node.id.index()] = alive.size() == 1;
  }
  return cuts;
}

bool is_depthwise(const Layer& layer) {
  return layer.kind == LayerKind::Conv && layer.weight_shape.size() > 2 &&
         layer.weight_shape[1] == 1 && layer.output_channels > 1;
}

/// Region of each layer: the number of cuts before it.
std::vector<int> regions(const Graph& graph, const LayerTable& layers) {
  const std::vector<bool> cuts = find_cuts(graph);
  std::vector<int> result;
  int region = 0;
  std::size_t node = 0;
  for (const Layer& layer : layers) {
    for (; node < layer.node.index(); ++node) {
      region += cuts[node] ? 1 : 0;
    }
    result.push_back(region);
  }
  return result;
}

std::vector<int> blocks(const Graph& graph, const LayerTable& layers) {
  std::vector<int> result = regions(graph, layers);
  // A depthwise chain without a shortcut has cuts inside; it is one block.
  std::vector<bool> alone(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    alone[i] = std::count(result.begin(), result.end(), result[i]) == 1;
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!alone[i] || !is_depthwise(layers[i])) {
      continue;
    }
    const int group = i > 0 && alone[i - 1] && !is_depthwise(layers[i - 1])
                          ? result[i - 1]
                          : result[i];
    result[i] = group;
    if (i + 1 < layers.size() && alone[i + 1] && !is_depthwise(layers[i + 1])) {
      result[i + 1] = group;
      alone[i + 1] = false;
    }
  }
  return result;
}

/// Height x width of a layer's output; 0 if it has no spatial dimensions.
std::int64_t output_positions(const Graph& graph, const Layer& layer) {
  const Value& value = graph.value(*graph.node(layer.node).outputs.front());
  if (!value.shape.has_value() || layer.kind == LayerKind::Gemm ||
      layer.kind == LayerKind::MatMul) {
    return 0;
  }
  std::int64_t positions = 1;
  for (std::size_t i = 2; i < value.shape->size(); ++i) {
    positions *= (*value.shape)[i].size;
  }
  return positions;
}

std::vector<int> stages(const Graph& graph, const LayerTable& layers) {
  std::vector<int> result;
  int stage = 0;
  std::int64_t previous = -1;
  for (const Layer& layer : layers) {
    const std::int64_t positions = output_positions(graph, layer);
    stage += !result.empty() && positions != previous ? 1 : 0;
    previous = positions;
    result.push_back(stage);
  }
  return result;
}

/// Renumbers groups 0, 1, 2, ... in order of appearance.
std::vector<int> renumbered(std::vector<int> groups) {
  std::vector<int> seen;
  for (int& group : groups) {
    auto found = std::find(seen.begin(), seen.end(), group);
    if (found == seen.end()) {
      found = seen.insert(seen.end(), group);
    }
    group = static_cast<int>(found - seen.begin());
  }
  return groups;
}

}  // namespace

std::vector<int> block_groups(const Graph& graph, const LayerTable& layers) {
  return renumbered(blocks(graph, layers));
}

std::vector<int> stage_groups(const Graph& graph, const LayerTable& layers) {
  return stages(graph, layers);
}

}  // namespace ompq
