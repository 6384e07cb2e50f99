// SPDX-License-Identifier: MIT
#include "ompq/graph/layer_norms.h"

#include "ompq/graph/channel_affine.h"
#include "ompq/graph/fold_into_layer.h"

namespace ompq {
namespace {

/// The BatchNormalization that alone reads a node's first output.
const Node* norm_behind(const Graph& graph, const Node& node) {
  const auto output = node.output(0);
  if (!output || graph.is_output(*output) ||
      graph.value(*output).consumers.size() != 1) {
    return nullptr;
  }
  const Node& reader = graph.node(graph.value(*output).consumers.front());
  const bool is_norm = reader.op_type == "BatchNormalization" &&
                       reader.domain.empty() && reader.input(0) == output &&
                       !reader.output(1) && !reader.output(2);
  return is_norm ? &reader : nullptr;
}

}  // namespace

std::map<std::string, LayerNorm> find_layer_norms(const Graph& graph) {
  std::map<std::string, LayerNorm> norms;
  for (const Node& layer : graph.nodes()) {
    const Node* norm = norm_behind(graph, layer);
    if (norm == nullptr || norm_behind(graph, *norm) != nullptr) {
      continue;
    }
    const auto affine = read_batch_norm(graph, *norm);
    if (!affine || !fold_behind(graph, layer, *affine)) {
      continue;
    }
    norms.emplace(
        layer.name,
        LayerNorm{
            .scale = affine->scale,
            .variance = graph.constant_input(*norm, 4)->to_double(),
            .shift = graph.constant_input(*norm, 2)->to_double(),
            .epsilon = static_cast<double>(norm->real("epsilon", 1e-5F))});
  }
  return norms;
}

}  // namespace ompq
