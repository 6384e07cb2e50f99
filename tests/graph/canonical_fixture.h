// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/graph/canonical.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {

/// A graph of one node between an input x and an output y.
struct OneNode {
  std::string op_type;
  std::int64_t opset = 13;
  /// Inputs after x, as constants; absent ones are left out by "".
  std::vector<std::optional<Constant>> constants = {};
  std::map<std::string, Attribute> attributes = {};
  std::vector<std::string> outputs = {"y"};
  DataType type = DataType::Float32;
  std::optional<std::vector<Dimension>> shape = {};
};

inline Graph make_graph(const OneNode& options) {
  GraphBuilder builder("one", options.opset);
  builder.add_input("x", options.type, options.shape);
  GraphBuilder::NodeSpec node{
      "node", "", options.op_type, {"x"}, options.outputs, options.attributes};
  for (std::size_t i = 0; i < options.constants.size(); ++i) {
    const std::string name = "input" + std::to_string(i + 1);
    node.inputs.push_back(options.constants[i] ? name : "");
    if (options.constants[i]) {
      builder.add_constant(name, *options.constants[i]);
    }
  }
  builder.add_node(std::move(node));
  const std::string& first = options.outputs.front();
  builder.add_output(first.empty() ? options.outputs.back() : first);
  return std::move(builder).build();
}

inline Graph canonical(const OneNode& options) {
  return canonicalize(make_graph(options));
}

/// The node called "node", which must be there.
inline const Node& main_node(const Graph& graph) {
  return graph.node(graph.find_node("node").value());
}

/// Input `index` of the node, which must be a constant of integers.
inline std::vector<std::int64_t> integers_in(
    const Graph& graph, const Node& node, std::size_t index) {
  const Constant* constant = graph.constant_input(node, index);
  if (constant == nullptr) {
    ADD_FAILURE() << "input " << index << " of '" << node.name
                  << "' is not a constant";
    return {};
  }
  return constant->to_int64();
}

inline std::vector<double> reals_in(
    const Graph& graph, const Node& node, std::size_t index) {
  const Constant* constant = graph.constant_input(node, index);
  if (constant == nullptr) {
    ADD_FAILURE() << "input " << index << " of '" << node.name
                  << "' is not a constant";
    return {};
  }
  return constant->to_double();
}

inline std::vector<std::string> op_types(const Graph& graph) {
  std::vector<std::string> types;
  for (const Node& node : graph.nodes()) {
    types.push_back(node.op_type);
  }
  return types;
}

inline Constant int64s(const std::vector<std::int64_t>& numbers) {
  return Constant::from(numbers, {static_cast<std::int64_t>(numbers.size())});
}

inline Constant floats(const std::vector<float>& numbers) {
  return Constant::from(numbers, {static_cast<std::int64_t>(numbers.size())});
}

}  // namespace ompq
