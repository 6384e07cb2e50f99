// SPDX-License-Identifier: MIT
#include "ompq/graph/file_size.h"

#include <unordered_set>

namespace ompq {
namespace {

/// Message tags, lengths, type and dimensions of an initializer.
constexpr std::int64_t kInitializerOverhead = 64;

/// Values that the size model counts with the layers: weights as bit planes,
/// biases with the channels.
std::unordered_set<ValueId> counted_with_layers(
    const Graph& graph, const LayerTable& layers) {
  std::unordered_set<ValueId> counted;
  for (const Layer& layer : layers) {
    for (const auto& input : graph.node(layer.node).inputs) {
      if (input.has_value() && graph.value(*input).constant.has_value()) {
        counted.insert(*input);
      }
    }
  }
  return counted;
}

}  // namespace

FileSizeModel file_size_model(const Graph& graph, const LayerTable& layers) {
  FileSizeModel model;
  model.other_nodes = static_cast<std::int64_t>(graph.nodes().size()) -
                      static_cast<std::int64_t>(layers.size());
  const auto counted = counted_with_layers(graph, layers);
  for (const Value& value : graph.values()) {
    if (value.constant.has_value() && !counted.contains(value.id)) {
      model.constant_bytes +=
          static_cast<std::int64_t>(
              value.constant->bytes().size() + value.name.size()) +
          kInitializerOverhead;
    }
  }
  return model;
}

}  // namespace ompq
