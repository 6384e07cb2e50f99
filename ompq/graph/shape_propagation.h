// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// Concrete shape of each graph input.
using InputShapes = std::map<ValueId, Shape>;

/// One pass through a graph with concrete input shapes: types, shapes and,
/// wherever they do not depend on what is fed, elements of all values.
class ShapePropagation {
 public:
  /// @param graph    must outlive this object
  /// @param earlier  a finished pass over the same graph whose results are
  ///                 taken over where a node's inputs are the same constants;
  ///                 nullptr if there is none
  ShapePropagation(
      const Graph& graph,
      const InputShapes& inputs,
      const ShapePropagation* earlier = nullptr);

  /// Infers all outputs of the next node in graph order.
  ///
  /// @throws Error{ShapeMismatch}, Error{InvalidModel}, Error{Unsupported}
  void step(const Node& node);
  /// Does so for all nodes.
  void run();

  /// Makes a node read `constant` as input `index` from now on.
  void override_input(const Node& node, std::size_t index, Constant constant);

  [[nodiscard]] const ValueFacts& facts(ValueId id) const {
    return values_[id.index()];
  }
  [[nodiscard]] NodeFacts facts_of(const Node& node) const;

 private:
  [[nodiscard]] bool same_constant_inputs(const Node& node) const;

  const Graph* graph_;
  const ShapePropagation* earlier_;
  std::vector<ValueFacts> values_;
  std::map<std::pair<NodeId, std::size_t>, ValueFacts> overrides_;
};

/// True if both hold the same elements, type and shape.
[[nodiscard]] bool is_same_constant(const Constant& a, const Constant& b);

}  // namespace ompq
