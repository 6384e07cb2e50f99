// SPDX-License-Identifier: MIT
#include "ompq/graph/subgraph.h"

#include <string>
#include <unordered_set>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {
namespace {

/// Fills a builder with values of a graph, each once.
class Extraction {
 public:
  explicit Extraction(const Graph& graph)
      : graph_(graph), builder_(graph.name(), graph.opset()) {}

  void add_input(ValueId id) {
    const Value& value = graph_.value(id);
    OMPQ_CHECK(
        known_.insert(id).second,
        ErrorCode::InvalidArgument,
        "[subgraph] the input '{}' is listed twice",
        value.name);
    builder_.add_input(value.name, value.type, value.shape);
  }

  void add_node(const Node& node) {
    GraphBuilder::NodeSpec spec{
        .name = node.name,
        .domain = node.domain,
        .op_type = node.op_type,
        .inputs = {},
        .outputs = {},
        .attributes = node.attributes};
    for (const auto& input : node.inputs) {
      spec.inputs.push_back(input ? name_of_read(node, *input) : "");
    }
    for (const auto& output : node.outputs) {
      spec.outputs.push_back(output ? name_of_computed(node, *output) : "");
    }
    builder_.add_node(std::move(spec));
  }

  void add_output(ValueId id) {
    OMPQ_CHECK(
        known_.contains(id),
        ErrorCode::InvalidArgument,
        "[subgraph] the output '{}' is computed by none of the nodes",
        graph_.value(id).name);
    builder_.add_output(graph_.value(id).name);
  }

  Graph take() { return std::move(builder_).build(); }

 private:
  const std::string& name_of_read(const Node& node, ValueId id) {
    const Value& value = graph_.value(id);
    if (value.constant && known_.insert(id).second) {
      builder_.add_constant(value.name, *value.constant);
    }
    OMPQ_CHECK(
        known_.contains(id),
        ErrorCode::InvalidArgument,
        "[subgraph] node '{}' ({}) reads '{}', which is neither an input nor "
        "computed by a node before it",
        node.name,
        node.op_type,
        value.name);
    return value.name;
  }

  const std::string& name_of_computed(const Node& node, ValueId id) {
    const Value& value = graph_.value(id);
    OMPQ_CHECK(
        known_.insert(id).second,
        ErrorCode::InvalidArgument,
        "[subgraph] node '{}' ({}) computes '{}', which is an input or "
        "computed by a node before it",
        node.name,
        node.op_type,
        value.name);
    builder_.set_type(value.name, value.type);
    builder_.set_shape(value.name, value.shape);
    return value.name;
  }

  const Graph& graph_;
  GraphBuilder builder_;
  std::unordered_set<ValueId> known_;
};

}  // namespace

Graph subgraph(
    const Graph& graph,
    std::span<const NodeId> nodes,
    std::span<const ValueId> inputs,
    std::span<const ValueId> outputs) {
  Extraction extraction(graph);
  for (const ValueId input : inputs) {
    extraction.add_input(input);
  }
  for (const NodeId node : nodes) {
    extraction.add_node(graph.node(node));
  }
  for (const ValueId output : outputs) {
    extraction.add_output(output);
  }
  return extraction.take();
}

}  // namespace ompq
