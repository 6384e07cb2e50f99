// SPDX-License-Identifier: MIT
#include "ompq/quantization/quantizer_form.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr std::int64_t kFirstOpset = 21;

/// Changes a copy of the float graph, layer by layer and value by value.
class Insertion {
 public:
  Insertion(const Graph& graph, const QuantizerForm& form)
      : graph_(graph), form_(form), builder_(graph) {
    for (const Layer& layer : find_quantizable_layers(graph).layers) {
      channels_[layer.name] = layer.output_channels;
    }
  }

  void add_layer(const QuantizedLayer& layer) {
    OMPQ_CHECK(
        seen_layers_.insert(layer.name).second,
        ErrorCode::InvalidArgument,
        "[quantization] layer '{}' is quantized twice",
        layer.name);
    const Node& node = find_layer(layer);
    NodeSpec spec = current_spec(layer.name);
    spec.inputs[kWeightInput] = quantized_weight(layer, node);
    std::vector<NodeSpec> specs{std::move(spec)};
    if (!layer.bias.empty()) {
      add_bias(layer, node, specs);
    }
    builder_.replace_node(layer.name, std::move(specs));
  }

  void add_activation(const QuantizedActivation& activation) {
    OMPQ_CHECK(
        seen_values_.insert(activation.value).second,
        ErrorCode::InvalidArgument,
        "[quantization] value '{}' is quantized twice",
        activation.value);
    const Value& value = find_activation(activation);
    const std::string result =
        builder_.fresh_name(form_.activation_name(activation));
    builder_.replace_uses(value.name, result);
    builder_.set_type(result, DataType::Float32);
    builder_.set_shape(result, value.shape);
    insert_after(
        value, form_.activation_nodes(activation, value, result, builder_));
  }

  Graph build() && { return std::move(builder_).build(); }

 private:
  [[nodiscard]] const Node& find_layer(const QuantizedLayer& layer) const {
    const auto id = graph_.find_node(layer.name);
    OMPQ_CHECK(
        id.has_value() && channels_.contains(layer.name),
        ErrorCode::InvalidArgument,
        "[quantization] the network has no quantizable layer '{}'",
        layer.name);
    const Node& node = graph_.node(*id);
    const Constant* weight = graph_.constant_input(node, kWeightInput);
    OMPQ_CHECK(
        weight->shape() == layer.weight.shape &&
            (layer.bias.empty() ||
             static_cast<std::int64_t>(layer.bias.size()) ==
                 channels_.at(layer.name)),
        ErrorCode::ShapeMismatch,
        "[quantization] layer '{}' has weights {} and {} channels; got codes "
        "of shape {} and {} biases",
        node.name,
        to_string(weight->shape()),
        channels_.at(layer.name),
        to_string(layer.weight.shape),
        layer.bias.size());
    return node;
  }

  [[nodiscard]] const Value& find_activation(
      const QuantizedActivation& activation) const {
    const auto id = graph_.find_value(activation.value);
    OMPQ_CHECK(
        id.has_value() && !graph_.value(*id).constant.has_value() &&
            graph_.value(*id).type == DataType::Float32,
        ErrorCode::InvalidArgument,
        "[quantization] the network computes no float32 value '{}'",
        activation.value);
    detail::check_parameters(activation);
    return graph_.value(*id);
  }

  [[nodiscard]] NodeSpec current_spec(const std::string& name) const {
    const auto& nodes = builder_.nodes();
    return *std::ranges::find(nodes, name, &NodeSpec::name);
  }

  /// The value that holds the layer's weight; layers that share integers share
  /// the value.
  std::string quantized_weight(const QuantizedLayer& layer, const Node& node) {
    const Value& weight = graph_.value(*node.input(kWeightInput));
    auto& known = weights_[weight.name];
    for (const auto& [other, name] : known) {
      if (detail::is_same_weight(*other, layer.weight)) {
        return name;
      }
    }
    std::string name = form_.add_weight(layer, node, weight, builder_);
    known.emplace_back(&layer.weight, name);
    return name;
  }

  /// Gives the node in front of `specs` the layer's bias.
  void add_bias(
      const QuantizedLayer& layer,
      const Node& node,
      std::vector<NodeSpec>& specs) {
    const std::string bias = form_.add_bias(layer, node, builder_);
    NodeSpec& spec = specs.front();
    if (node.op_type != "MatMul") {
      spec.inputs.resize(std::max(spec.inputs.size(), kBiasInput + 1));
      spec.inputs[kBiasInput] = bias;
      spec.attributes.erase("beta");
      return;
    }
    const Value& output = graph_.value(*node.output(0));
    const std::string product = builder_.fresh_name(output.name + "_product");
    builder_.set_type(product, output.type);
    builder_.set_shape(product, output.shape);
    spec.outputs = {product};
    specs.push_back(
        {.op_type = "Add",
         .inputs = {product, bias},
         .outputs = {output.name}});
  }

  /// Places nodes behind the one that computes the value, or at the beginning
  /// for an input.
  void insert_after(const Value& value, std::vector<NodeSpec> specs) {
    const auto& nodes = builder_.nodes();
    if (nodes.empty()) {
      for (NodeSpec& spec : specs) {
        builder_.add_node(std::move(spec));
      }
      return;
    }
    const auto producer =
        std::ranges::find_if(nodes, [&](const NodeSpec& node) {
          return std::ranges::find(node.outputs, value.name) !=
                 node.outputs.end();
        });
    const bool is_input = producer == nodes.end();
    const NodeSpec& anchor = is_input ? nodes.front() : *producer;
    const std::string anchor_name = anchor.name;
    specs.insert(is_input ? specs.end() : specs.begin(), anchor);
    builder_.replace_node(anchor_name, std::move(specs));
  }

  const Graph& graph_;
  const QuantizerForm& form_;
  GraphBuilder builder_;
  /// Output channels of every quantizable layer.
  std::map<std::string, std::int64_t> channels_;
  std::unordered_set<std::string> seen_layers_;
  std::unordered_set<std::string> seen_values_;
  /// For each float weight: what became of it, and the value's name.
  std::map<
      std::string,
      std::vector<std::pair<const QuantizedWeight*, std::string>>>
      weights_;
};

}  // namespace

std::string QuantizerForm::add_bias(
    const QuantizedLayer& layer,
    const Node& /*node*/,
    GraphBuilder& builder) const {
  std::string name = builder.fresh_name(layer.name + "_bias");
  builder.add_constant(
      name,
      Constant::from<float>(
          layer.bias, {static_cast<std::int64_t>(layer.bias.size())}));
  return name;
}

std::string QuantizerForm::activation_name(
    const QuantizedActivation& activation) const {
  return activation.value + "_dequantized";
}

Graph insert_quantizers(
    const Graph& float_graph,
    const QuantizedModel& model,
    const QuantizerForm& form) {
  OMPQ_CHECK(
      float_graph.opset() >= kFirstOpset,
      ErrorCode::InvalidArgument,
      "[quantization] the graph is written in operator set {}; the canonical "
      "form of {} or later is needed",
      float_graph.opset(),
      kFirstOpset);
  Insertion insertion(float_graph, form);
  for (const QuantizedLayer& layer : model.layers) {
    insertion.add_layer(layer);
  }
  for (const QuantizedActivation& activation : model.activations) {
    insertion.add_activation(activation);
  }
  return std::move(insertion).build();
}

}  // namespace ompq
