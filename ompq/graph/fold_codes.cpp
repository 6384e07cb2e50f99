// SPDX-License-Identifier: MIT
#include "ompq/graph/fold_codes.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ompq/graph/constant_evaluation.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::detail {
namespace {

/// Computes values from constants, each once.
class Folding {
 public:
  explicit Folding(const Graph& graph) : graph_(graph) {}

  /// Absent if the value depends on what is fed, or cannot be computed here.
  [[nodiscard]] const std::optional<Constant>& constant_of(ValueId id) {
    const auto known = constants_.find(id);
    if (known != constants_.end()) {
      return known->second;
    }
    const Value& value = graph_.value(id);
    std::optional<Constant> constant = value.constant;
    if (!constant && value.producer) {
      constant = computed(graph_.node(*value.producer), id);
    }
    return constants_.emplace(id, std::move(constant)).first->second;
  }

 private:
  [[nodiscard]] std::optional<Constant> computed(const Node& node, ValueId id) {
    if (!node.domain.empty()) {
      return std::nullopt;
    }
    std::vector<std::optional<Constant>> inputs;
    for (const auto& input : node.inputs) {
      inputs.push_back(input ? constant_of(*input) : std::nullopt);
      if (input && !inputs.back()) {
        return std::nullopt;
      }
    }
    const auto outputs = evaluate_constant(node, inputs);
    for (std::size_t i = 0; outputs && i < outputs->size(); ++i) {
      if (node.output(i) == id) {
        return (*outputs)[i];
      }
    }
    return std::nullopt;
  }

  const Graph& graph_;
  std::unordered_map<ValueId, std::optional<Constant>> constants_;
};

}  // namespace

Graph fold_codes(const Graph& graph) {
  Folding folding(graph);
  GraphBuilder builder(graph);
  bool is_changed = false;
  for (const Node& node : graph.nodes()) {
    const auto codes = node.input(0);
    if (node.op_type != "DequantizeLinear" || !node.domain.empty() || !codes ||
        graph.value(*codes).constant) {
      continue;
    }
    if (const auto& constant = folding.constant_of(*codes)) {
      const std::string& value = graph.value(*codes).name;
      std::string name = builder.fresh_name(value + "/codes");
      builder.add_constant(name, *constant);
      builder.replace_uses(value, name);
      is_changed = true;
    }
  }
  return is_changed ? std::move(builder).build() : graph;
}

}  // namespace ompq::detail
