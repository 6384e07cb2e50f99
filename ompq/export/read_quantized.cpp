// SPDX-License-Identifier: MIT
#include "ompq/export/read_quantized.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/export/float_limits.h"
#include "ompq/export/number_input.h"
#include "ompq/export/weight_source.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq {
namespace {

using detail::number_at;

/// Takes the quantizers of a graph out of a copy.
class Extraction {
 public:
  explicit Extraction(const Graph& graph) : graph_(graph), builder_(graph) {
    for (const Node& node : graph.nodes()) {
      if (auto source = detail::weight_source(graph, node)) {
        weights_.emplace(graph.value(*node.output(0)).name, std::move(*source));
      } else if (node.op_type == "DequantizeLinear" && node.domain.empty()) {
        take_activation(node);
      } else if (node.op_type == "Reshape") {
        take_reshaped(node);
      }
    }
  }

  [[nodiscard]] QuantizedNetwork finish(const ShapeOptions& options) && {
    QuantizedNetwork network{
        .graph = infer_shapes(std::move(builder_).build(), options),
        .model = {},
        .float_layers = {}};
    for (const Layer& layer : find_quantizable_layers(network.graph).layers) {
      take_layer(layer, network);
    }
    for (QuantizedActivation& activation : activations_) {
      // A value took the name of the output that it is now; one that nothing
      // reads any more has gone.
      const auto output = outputs_.find(activation.value);
      if (!network.graph.find_value(activation.value) &&
          output != outputs_.end()) {
        activation.value = output->second;
      }
      if (network.graph.find_value(activation.value)) {
        network.model.activations.push_back(std::move(activation));
      }
    }
    network.graph = with_own_names(network);
    return network;
  }

 private:
  /// Weights and biases called after their layers: the names of the file were
  /// those of its quantizers.
  static Graph with_own_names(const QuantizedNetwork& network) {
    const Graph& graph = network.graph;
    GraphBuilder builder(graph);
    const auto rename =
        [&](const Node& node, std::size_t input, const char* role) {
          const Constant* constant = graph.constant_input(node, input);
          const std::string name = node.name + role;
          if (constant != nullptr && !graph.find_value(name)) {
            builder.add_constant(name, *constant);
            builder.replace_uses(graph.value(*node.input(input)).name, name);
          }
        };
    for (const QuantizedLayer& layer : network.model.layers) {
      const Node& node = graph.node(*graph.find_node(layer.name));
      rename(node, kWeightInput, ".weight");
      rename(node, kBiasInput, ".bias");
    }
    return std::move(builder).build();
  }

  /// Compact files have weights of 2 bits behind a Reshape.
  void take_reshaped(const Node& node) {
    const auto source = weights_.find(graph_.value(*node.input(0)).name);
    if (source == weights_.end()) {
      return;
    }
    if (auto same = detail::reshaped_source(source->second, graph_, node)) {
      weights_.emplace(graph_.value(*node.output(0)).name, std::move(*same));
    }
  }

  void take_activation(const Node& dequantize) {
    const Value& codes = graph_.value(*dequantize.input(0));
    if (!codes.producer.has_value()) {
      return;
    }
    const Node& quantize = graph_.node(*codes.producer);
    if (quantize.op_type != "QuantizeLinear" || !quantize.domain.empty()) {
      return;
    }
    const QuantizedActivation activation = activation_of(quantize, dequantize);
    remember(activation);
    const Value& result = graph_.value(*dequantize.output(0));
    if (graph_.is_output(result.id)) {
      outputs_.emplace(activation.value, result.name);
    }
    builder_.replace_uses(result.name, activation.value);
  }

  [[nodiscard]] QuantizedActivation activation_of(
      const Node& quantize, const Node& dequantize) const {
    const Value& source = graph_.value(*quantize.input(0));
    const auto scale = number_at(graph_, quantize, 1);
    const Constant* zero = graph_.constant_input(quantize, 2);
    const auto grid =
        detail::grid_of(zero == nullptr ? DataType::UInt8 : zero->type());
    const bool is_pair = scale && scale == number_at(graph_, dequantize, 1) &&
                         grid && (zero == nullptr || zero->size() == 1) &&
                         number_at(graph_, quantize, 2).value_or(0.0) ==
                             number_at(graph_, dequantize, 2).value_or(0.0);
    OMPQ_CHECK(
        is_pair,
        ErrorCode::Unsupported,
        "[export] value '{}': nodes '{}' and '{}' do not quantize it with one "
        "constant scale and zero point; only such activations can be exported",
        source.name,
        quantize.name,
        dequantize.name);
    QuantizedActivation activation{
        .value = source.name,
        .grid = *grid,
        .parameters = {
            .scale = static_cast<float>(*scale),
            .zero_point = static_cast<std::int32_t>(
                number_at(graph_, quantize, 2).value_or(0.0))}};
    narrow(source, activation);
    return activation;
  }

  /// A Clip at the ends of a narrower grid belongs to the quantizer.
  void narrow(const Value& source, QuantizedActivation& activation) const {
    const Node* clip =
        source.producer.has_value() ? &graph_.node(*source.producer) : nullptr;
    if (clip == nullptr || clip->op_type != "Clip") {
      return;
    }
    const auto low = number_at(graph_, *clip, 1);
    const auto high = number_at(graph_, *clip, 2);
    for (int bits = 1; low && high && bits < activation.grid.bits; ++bits) {
      const IntegerGrid grid{bits, activation.grid.is_signed};
      const auto [scale, zero] = activation.parameters;
      const auto end = [&](std::int32_t code) {
        return static_cast<float>(code - zero) * scale;
      };
      if (zero >= grid.lowest() && zero <= grid.highest() &&
          end(grid.lowest()) == static_cast<float>(*low) &&
          end(grid.highest()) == static_cast<float>(*high)) {
        activation.grid = grid;
        activation.value = graph_.value(*clip->input(0)).name;
        return;
      }
    }
  }

  /// Keeps one quantizer per value.
  void remember(const QuantizedActivation& activation) {
    const auto known = std::ranges::find(
        activations_, activation.value, &QuantizedActivation::value);
    if (known == activations_.end()) {
      activations_.push_back(activation);
      return;
    }
    OMPQ_CHECK(
        known->grid == activation.grid &&
            known->parameters == activation.parameters,
        ErrorCode::Unsupported,
        "[export] value '{}': quantized in two ways, with scales {} and {}; "
        "only one quantizer per value can be exported",
        activation.value,
        known->parameters.scale,
        activation.parameters.scale);
  }

  void take_layer(const Layer& layer, QuantizedNetwork& network) const {
    const Node& node = network.graph.node(layer.node);
    const std::string& weight =
        network.graph.value(*node.input(kWeightInput)).name;
    const auto source = weights_.find(weight);
    auto integers = source == weights_.end()
                        ? std::nullopt
                        : detail::integers_of(source->second, node, layer);
    if (!integers) {
      network.float_layers.push_back(layer.name);
      return;
    }
    QuantizedLayer quantized{
        .name = layer.name, .weight = std::move(*integers), .bias = {}};
    const Constant* bias = network.graph.constant_input(node, kBiasInput);
    const bool is_plain = bias != nullptr && node.op_type != "MatMul" &&
                          node.real("beta", 1.0F) == 1.0F &&
                          bias->type() == DataType::Float32 &&
                          bias->shape() == Shape{layer.output_channels};
    if (is_plain) {
      const auto elements = bias->elements<float>();
      quantized.bias.assign(elements.begin(), elements.end());
    }
    network.model.layers.push_back(std::move(quantized));
  }

  const Graph& graph_;
  GraphBuilder builder_;
  std::unordered_map<std::string, detail::WeightSource> weights_;
  std::vector<QuantizedActivation> activations_;
  /// By quantized value: the graph output that its quantized form was.
  std::unordered_map<std::string, std::string> outputs_;
};

}  // namespace

QuantizedNetwork take_quantizers_out(
    const Graph& graph, const ShapeOptions& options) {
  const Graph limited = detail::with_float_limits(graph);
  return Extraction(limited).finish(options);
}

}  // namespace ompq
