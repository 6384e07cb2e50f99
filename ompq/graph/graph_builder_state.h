// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq {

/// What is known of a value before the graph is built.
struct KnownValue {
  DataType type = DataType::Undefined;
  std::optional<std::vector<Dimension>> shape;
};

/// An output of the graph: the name it has to the outside, and the value that
/// is to have this name.
struct OutputSpec {
  std::string name;
  std::string source;
};

/// A graph under construction.
struct GraphBuilder::State {
  std::string name;
  std::int64_t opset = 0;
  std::map<std::string, std::string> metadata;
  std::vector<Function> functions;
  std::vector<std::string> inputs;
  std::vector<OutputSpec> outputs;
  std::vector<std::pair<std::string, Constant>> constants;
  std::vector<NodeSpec> nodes;
  std::unordered_map<std::string, KnownValue> known;
  /// Every name seen so far, also of what has been removed since.
  std::unordered_set<std::string> used_value_names;
  std::unordered_set<std::string> used_node_names;

  void adopt(NodeSpec& node, std::size_t number);
};

namespace detail {

/// A node of a graph as the builder takes it: names for ids.
[[nodiscard]] GraphBuilder::NodeSpec spec_of(
    const Graph& graph, const Node& node);

}  // namespace detail
}  // namespace ompq
