// SPDX-License-Identifier: MIT
#include "ompq/graph/branch_order.h"

#include <optional>

namespace ompq::detail {
namespace {

/// A node whose inputs are being visited, and the next of them.
struct Visit {
  NodeId node;
  std::size_t next_input = 0;
};

/// Depth-first walk against the edges. Not recursive: a chain may be longer
/// than the stack is deep.
class Walk {
 public:
  explicit Walk(const Graph& graph)
      : graph_(graph), seen_(graph.nodes().size(), false) {}

  void visit(const std::optional<NodeId>& node) {
    push(node);
    while (!stack_.empty()) {
      Visit& top = stack_.back();
      const auto& inputs = graph_.node(top.node).inputs;
      if (top.next_input == inputs.size()) {
        order_.push_back(top.node);
        stack_.pop_back();
      } else if (const auto& input = inputs[top.next_input++]) {
        push(graph_.value(*input).producer);
      }
    }
  }

  std::vector<NodeId> take() { return std::move(order_); }

 private:
  void push(const std::optional<NodeId>& node) {
    if (node && !seen_[node->index()]) {
      seen_[node->index()] = true;
      stack_.push_back({.node = *node});
    }
  }

  const Graph& graph_;
  std::vector<bool> seen_;
  std::vector<Visit> stack_;
  std::vector<NodeId> order_;
};

}  // namespace

std::vector<NodeId> branch_order(const Graph& graph) {
  Walk walk(graph);
  for (const ValueId output : graph.outputs()) {
    walk.visit(graph.value(output).producer);
  }
  for (const Node& node : graph.nodes()) {
    walk.visit(node.id);
  }
  return walk.take();
}

}  // namespace ompq::detail
