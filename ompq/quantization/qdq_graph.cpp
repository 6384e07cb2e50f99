// SPDX-License-Identifier: MIT
#include "ompq/quantization/qdq_graph.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr std::int64_t kFirstOpset = 21;
constexpr std::size_t kWeightInput = 1;
constexpr std::size_t kBiasInput = 2;

/// Changes a copy of the float graph, layer by layer and value by value.
class QdqBuilder {
 public:
  explicit QdqBuilder(const Graph& graph) : graph_(graph), builder_(graph) {
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
    spec.inputs[kWeightInput] =
        dequantized_weight(layer, graph_.value(*node.input(kWeightInput)));
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
    const std::string dequantized =
        builder_.fresh_name(value.name + "_dequantized");
    builder_.replace_uses(value.name, dequantized);
    insert_after(value, quantizer_nodes(activation, value, dequantized));
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

  std::string add_constant(const std::string& stem, Constant constant) {
    std::string name = builder_.fresh_name(stem);
    builder_.add_constant(name, std::move(constant));
    return name;
  }

  void declare(
      const std::string& name,
      DataType type,
      const std::optional<std::vector<Dimension>>& shape) {
    builder_.set_type(name, type);
    builder_.set_shape(name, shape);
  }

  /// The value that holds the layer's weight as the integers say.
  std::string dequantized_weight(
      const QuantizedLayer& layer, const Value& weight) {
    auto& known = weights_[weight.name];
    for (const auto& [other, name] : known) {
      if (detail::is_same_weight(*other, layer.weight)) {
        return name;
      }
    }
    detail::WeightConstants constants =
        detail::weight_constants(layer.weight, layer.name);
    NodeSpec spec{.op_type = "DequantizeLinear"};
    spec.inputs = {
        add_constant(weight.name + "_quantized", std::move(constants.codes)),
        add_constant(weight.name + "_scale", std::move(constants.scale))};
    if (constants.zero_point.has_value()) {
      spec.inputs.push_back(add_constant(
          weight.name + "_zero_point", std::move(*constants.zero_point)));
    }
    if (constants.axis.has_value()) {
      spec.attributes["axis"] = *constants.axis;
    }
    if (constants.block_size > 0) {
      spec.attributes["block_size"] = constants.block_size;
    }
    std::string name = builder_.fresh_name(weight.name + "_dequantized");
    spec.outputs = {name};
    declare(name, DataType::Float32, weight.shape);
    builder_.add_node(std::move(spec));
    known.emplace_back(&layer.weight, name);
    return name;
  }

  /// Gives the node in front of `specs` the layer's bias.
  void add_bias(
      const QuantizedLayer& layer,
      const Node& node,
      std::vector<NodeSpec>& specs) {
    const auto channels = static_cast<std::int64_t>(layer.bias.size());
    const std::string bias = add_constant(
        layer.name + "_bias", Constant::from<float>(layer.bias, {channels}));
    NodeSpec& spec = specs.front();
    if (node.op_type != "MatMul") {
      spec.inputs.resize(std::max(spec.inputs.size(), kBiasInput + 1));
      spec.inputs[kBiasInput] = bias;
      spec.attributes.erase("beta");
      return;
    }
    const Value& output = graph_.value(*node.output(0));
    const std::string product = builder_.fresh_name(output.name + "_product");
    declare(product, output.type, output.shape);
    spec.outputs = {product};
    specs.push_back(
        {.op_type = "Add",
         .inputs = {product, bias},
         .outputs = {output.name}});
  }

  /// [Clip] -> QuantizeLinear -> DequantizeLinear.
  std::vector<NodeSpec> quantizer_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& dequantized) {
    const IntegerGrid& grid = activation.grid;
    const std::string& name = value.name;
    const float scale = activation.parameters.scale;
    const std::int32_t zero = activation.parameters.zero_point;
    std::vector<NodeSpec> specs;
    std::string source = name;
    if (detail::is_narrower_than_container(grid)) {
      const auto limit = [&](const char* role, std::int32_t code) {
        return add_constant(
            name + role,
            Constant::scalar<float>(static_cast<float>(code - zero) * scale));
      };
      const std::string clipped = builder_.fresh_name(name + "_clipped");
      declare(clipped, DataType::Float32, value.shape);
      specs.push_back(
          {.op_type = "Clip",
           .inputs =
               {source,
                limit("_lowest", grid.lowest()),
                limit("_highest", grid.highest())},
           .outputs = {clipped}});
      source = clipped;
    }
    const std::string scale_name =
        add_constant(name + "_scale", Constant::scalar<float>(scale));
    const std::string zero_name = add_constant(
        name + "_zero_point",
        detail::code_constant(grid, std::array{zero}, {}));
    const std::string quantized = builder_.fresh_name(name + "_quantized");
    declare(quantized, detail::container_of(grid), value.shape);
    declare(dequantized, DataType::Float32, value.shape);
    specs.push_back(
        {.op_type = "QuantizeLinear",
         .inputs = {source, scale_name, zero_name},
         .outputs = {quantized}});
    specs.push_back(
        {.op_type = "DequantizeLinear",
         .inputs = {quantized, scale_name, zero_name},
         .outputs = {dequantized}});
    return specs;
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

Graph to_qdq_graph(const Graph& float_graph, const QuantizedModel& model) {
  OMPQ_CHECK(
      float_graph.opset() >= kFirstOpset,
      ErrorCode::InvalidArgument,
      "[quantization] the graph is written in operator set {}; the canonical "
      "form of {} or later is needed",
      float_graph.opset(),
      kFirstOpset);
  QdqBuilder builder(float_graph);
  for (const QuantizedLayer& layer : model.layers) {
    builder.add_layer(layer);
  }
  for (const QuantizedActivation& activation : model.activations) {
    builder.add_activation(activation);
  }
  return std::move(builder).build();
}

}  // namespace ompq
