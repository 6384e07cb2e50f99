// SPDX-License-Identifier: MIT
#include "ompq/export/gathered_biases.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

/// The elements of a float constant with one for each channel of a layer, in
/// one dimension; empty for others.
std::vector<float> channel_constant(
    const Constant* constant, const QuantizedLayer& layer) {
  if (constant == nullptr || constant->type() != DataType::Float32 ||
      constant->shape().size() != 1 ||
      constant->size() != std::ssize(layer.weight.scales)) {
    return {};
  }
  const auto elements = constant->elements<float>();
  return {elements.begin(), elements.end()};
}

class Gathering {
 public:
  Gathering(const Graph& graph, QuantizedModel model)
      : graph_(graph), builder_(graph), model_(std::move(model)) {
    for (const QuantizedActivation& activation : model_.activations) {
      quantized_.insert(activation.value);
    }
  }

  GatheredBiases gather() {
    for (QuantizedLayer& layer : model_.layers) {
      const auto id = graph_.find_node(layer.name);
      if (!id) {
        continue;
      }
      const Node& node = graph_.node(*id);
      if (node.op_type == "MatMul") {
        rewrite_product(node, layer);
      }
    }
    return {std::move(builder_).build(), std::move(model_)};
  }

 private:
  [[nodiscard]] bool is_matrix(std::optional<ValueId> value) const {
    const auto& shape = graph_.value(*value).shape;
    return shape && shape->size() == 2;
  }

  /// The Add that is all that reads a product which is not quantized.
  [[nodiscard]] const Node* only_add(const Node& product) const {
    const Value& result = graph_.value(*product.output(0));
    if (graph_.is_output(result.id) || result.consumers.size() != 1 ||
        quantized_.contains(result.name)) {
      return nullptr;
    }
    const Node& reader = graph_.node(result.consumers.front());
    return reader.domain.empty() && reader.op_type == "Add" ? &reader : nullptr;
  }

  void rewrite_product(const Node& node, QuantizedLayer& layer) {
    if (!is_matrix(node.input(0)) || !is_matrix(node.input(1))) {
      return;
    }
    NodeSpec spec =
        *std::ranges::find(builder_.nodes(), layer.name, &NodeSpec::name);
    spec.op_type = "Gemm";
    const Node* add = layer.bias.empty() ? only_add(node) : nullptr;
    if (add != nullptr) {
      const std::size_t other = add->input(0) == node.output(0) ? 1 : 0;
      layer.bias = channel_constant(graph_.constant_input(*add, other), layer);
      if (!layer.bias.empty()) {
        spec.outputs = {graph_.value(*add->output(0)).name};
        builder_.remove_node(add->name);
      }
    }
    if (!layer.bias.empty()) {
      builder_.replace_node(layer.name, {std::move(spec)});
    }
  }

  const Graph& graph_;
  GraphBuilder builder_;
  QuantizedModel model_;
  /// Names of quantized values.
  std::set<std::string> quantized_;
};

}  // namespace

GatheredBiases gather_biases(const Graph& graph, const QuantizedModel& model) {
  return Gathering(graph, with_own_biases(graph, model)).gather();
}

QuantizedModel with_own_biases(const Graph& graph, QuantizedModel model) {
  for (QuantizedLayer& layer : model.layers) {
    const auto id = graph.find_node(layer.name);
    if (!id || !layer.bias.empty()) {
      continue;
    }
    const Node& node = graph.node(*id);
    if (node.op_type != "MatMul" && node.real("beta", 1.0F) == 1.0F) {
      layer.bias = channel_constant(graph.constant_input(node, 2), layer);
    }
  }
  return model;
}

}  // namespace ompq::detail
