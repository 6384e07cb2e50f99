// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// Computes values of a graph from constants, each once and on demand.
class ConstantFolding {
 public:
  explicit ConstantFolding(const Graph& graph) : graph_(graph) {}

  /// Absent if the value depends on what is fed, or cannot be computed here
  /// (evaluate_constant()).
  [[nodiscard]] const std::optional<Constant>& constant_of(ValueId id);

  /// True if it was asked for, or needed, and could be computed.
  [[nodiscard]] bool has_computed(ValueId id) const;

 private:
  [[nodiscard]] std::optional<Constant> computed(const Node& node, ValueId id);

  const Graph& graph_;
  std::unordered_map<ValueId, std::optional<Constant>> constants_;
};

/// Names of what the nodes of a builder, and the outputs of its graph, read,
/// once for each reader.
[[nodiscard]] std::multiset<std::string> read_values(
    const Graph& graph, const GraphBuilder& builder);

/// Removes the nodes of a graph whose results have been computed and which
/// nothing reads any more.
void remove_needless(
    const Graph& graph, const ConstantFolding& folding, GraphBuilder& builder);

}  // namespace ompq::detail
