// SPDX-License-Identifier: MIT
#include "ompq/graph/quantizable_layers.h"

#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

std::optional<LayerKind> kind_of(const Node& node) {
  static const std::map<std::string, LayerKind> kinds{
      {"Conv", LayerKind::Conv},
      {"ConvTranspose", LayerKind::ConvTranspose},
      {"Gemm", LayerKind::Gemm},
      {"MatMul", LayerKind::MatMul}};
  const auto found = kinds.find(node.op_type);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

/// How a weight is used; two nodes may share one only if this agrees, because
/// the channels of the quantizer lie along different axes otherwise.
std::string role_of(const Node& node, LayerKind kind) {
  return fmt::format(
      "{} {} {}",
      to_string(kind),
      node.integer("transB", 0),
      kind == LayerKind::ConvTranspose ? node.integer("group", 1) : 1);
}

std::int64_t output_channels(
    const Node& node, LayerKind kind, const Shape& weight) {
  switch (kind) {
    case LayerKind::Conv:
      return weight[0];
    case LayerKind::ConvTranspose:
      return weight[1] * node.integer("group", 1);
    case LayerKind::Gemm:
      return node.integer("transB", 0) != 0 ? weight[0] : weight[1];
    case LayerKind::MatMul:
      return weight.back();
  }
  return 0;
}

/// Times every weight is used for one sample.
std::int64_t uses_per_weight(
    const Graph& graph, const Node& node, LayerKind kind, const Shape& weight) {
  const auto input = shape_at_batch(graph.value(*node.input(0)));
  const auto output = shape_at_batch(graph.value(*node.output(0)));
  if (!input || !output) {
    return 0;
  }
  const bool by_input = kind == LayerKind::ConvTranspose;
  const Shape& positions = by_input ? *input : *output;
  if (kind == LayerKind::Conv || by_input) {
    return element_count(Shape(positions.begin() + 2, positions.end())) *
           positions[0];
  }
  // Rows of a product: outputs over columns. Every matrix of a stack of
  // weights has rows of its own.
  const std::int64_t columns = output_channels(node, kind, weight);
  const std::int64_t matrices =
      element_count(weight) /
      (weight.size() > 1 ? weight[weight.size() - 2] : weight[0]) / columns;
  return kind == LayerKind::Gemm ? (*output)[0]
                                 : element_count(*output) / columns / matrices;
}

Layer make_layer(
    const Graph& graph, const Node& node, LayerKind kind, const Value& weight) {
  const Shape& shape = weight.constant->shape();
  Layer layer;
  layer.name = node.name;
  layer.kind = kind;
  layer.node = node.id;
  layer.weight_name = weight.name;
  layer.weight_shape = shape;
  layer.weights = weight.constant->size();
  layer.output_channels = output_channels(node, kind, shape);
  layer.has_bias = graph.constant_input(node, 2) != nullptr;
  layer.macs = layer.weights * uses_per_weight(graph, node, kind, shape);
  return layer;
}

/// Why the operands of a node make no quantizable layer; empty if they do.
std::string reason_against(const Graph& graph, const Node& node) {
  const Value& weight = graph.value(*node.input(1));
  if (!weight.constant) {
    return graph.constant_input(node, 0) != nullptr
               ? "the constant is the first operand"
               : fmt::format(
                     "the weight '{}' is not constant but computed",
                     weight.name);
  }
  if (weight.type != DataType::Float32) {
    return fmt::format(
        "the weight '{}' is of type {}", weight.name, to_string(weight.type));
  }
  if (weight.constant->shape().size() < 2) {
    return fmt::format(
        "the weight '{}' of shape {} is no matrix",
        weight.name,
        to_string(weight.constant->shape()));
  }
  return {};
}

/// The role of each weight's uses; more than one makes it unquantizable.
std::map<ValueId, std::set<std::string>> roles_of_weights(const Graph& graph) {
  std::map<ValueId, std::set<std::string>> roles;
  for (const Node& node : graph.nodes()) {
    for (std::size_t index = 0; index < node.inputs.size(); ++index) {
      const auto id = node.inputs[index];
      if (!id || !graph.value(*id).constant) {
        continue;
      }
      const auto kind = kind_of(node);
      roles[*id].insert(
          kind && index == 1 ? role_of(node, *kind)
                             : fmt::format("{} {}", node.op_type, index));
    }
  }
  return roles;
}

bool is_recurrent(const Node& node) {
  return node.op_type == "LSTM" || node.op_type == "GRU";
}

}  // namespace

QuantizableLayers find_quantizable_layers(const Graph& graph) {
  const auto roles = roles_of_weights(graph);
  QuantizableLayers result;
  for (const Node& node : graph.nodes()) {
    const std::optional<LayerKind> kind = kind_of(node);
    std::string reason;
    if (is_recurrent(node)) {
      reason = "recurrent layers are not quantized";
    } else if (!kind) {
      continue;
    } else {
      reason = reason_against(graph, node);
    }
    if (reason.empty()) {
      const Value& weight = graph.value(*node.input(1));
      if (roles.at(weight.id).size() == 1) {
        result.layers.push_back(make_layer(graph, node, *kind, weight));
        continue;
      }
      reason = fmt::format(
          "the weight '{}' is shared with a node that uses it in another way",
          weight.name);
    }
    result.skipped.push_back({node.name, node.op_type, std::move(reason)});
  }
  return result;
}

}  // namespace ompq
