// SPDX-License-Identifier: MIT
#include "ompq/graph/feature_values.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace ompq {
namespace {

constexpr std::array<std::string_view, 21> kElementWise{
    "Add",
    "BatchNormalization",
    "Celu",
    "Clip",
    "Elu",
    "Erf",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "LeakyRelu",
    "Mish",
    "PRelu",
    "Relu",
    "Selu",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "Tanh",
    "ThresholdedRelu",
    "Exp",
    "Identity"};

bool is_element_wise(const Node& node) {
  return node.domain.empty() &&
         std::find(kElementWise.begin(), kElementWise.end(), node.op_type) !=
             kElementWise.end();
}

/// The Add of a constant that completes a MatMul to a layer with bias.
bool is_bias_addition(const Graph& graph, const Node& node) {
  return node.op_type == "Add" && node.inputs.size() == 2 &&
         (graph.constant_input(node, 0) != nullptr ||
          graph.constant_input(node, 1) != nullptr);
}

/// The only node that reads the value, if there is exactly one.
const Node* only_reader(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  const bool alone = value.consumers.size() == 1 && !graph.is_output(id);
  return alone ? &graph.node(value.consumers.front()) : nullptr;
}

template <typename Predicate>
ValueId follow(const Graph& graph, ValueId id, const Predicate& accepts) {
  const Node* reader = only_reader(graph, id);
  while (reader != nullptr && accepts(*reader)) {
    id = *reader->outputs.front();
    reader = only_reader(graph, id);
  }
  return id;
}

}  // namespace

std::vector<ValueId> feature_values(
    const Graph& graph, const LayerTable& layers, FeatureKind kind) {
  std::vector<ValueId> values;
  values.reserve(layers.size());
  for (const Layer& layer : layers) {
    const ValueId output = *graph.node(layer.node).outputs.front();
    values.push_back(follow(graph, output, [&](const Node& reader) {
      return kind == FeatureKind::Activation ? is_element_wise(reader)
                                             : is_bias_addition(graph, reader);
    }));
  }
  return values;
}

}  // namespace ompq
