// SPDX-License-Identifier: MIT
#include "ompq/graph/constant_folding.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ompq/graph/constant_evaluation.h"

namespace ompq::detail {

const std::optional<Constant>& ConstantFolding::constant_of(ValueId id) {
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

bool ConstantFolding::has_computed(ValueId id) const {
  const auto known = constants_.find(id);
  return known != constants_.end() && known->second.has_value();
}

std::optional<Constant> ConstantFolding::computed(
    const Node& node, ValueId id) {
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

std::multiset<std::string> read_values(
    const Graph& graph, const GraphBuilder& builder) {
  std::multiset<std::string> names;
  for (const GraphBuilder::NodeSpec& node : builder.nodes()) {
    names.insert(node.inputs.begin(), node.inputs.end());
  }
  for (const ValueId id : graph.outputs()) {
    names.insert(graph.value(id).name);
  }
  return names;
}

void remove_needless(
    const Graph& graph, const ConstantFolding& folding, GraphBuilder& builder) {
  const auto nodes = graph.nodes();
  std::multiset<std::string> read = read_values(graph, builder);
  // The last ones first: they read the others.
  for (std::size_t i = nodes.size(); i-- > 0;) {
    const Node& node = nodes[i];
    const bool is_needless =
        !node.outputs.empty() &&
        std::ranges::all_of(node.outputs, [&](const auto& output) {
          return output && folding.has_computed(*output) &&
                 !read.contains(graph.value(*output).name);
        });
    if (!is_needless) {
      continue;
    }
    builder.remove_node(node.name);
    for (const auto& input : node.inputs) {
      const auto found =
          input ? read.find(graph.value(*input).name) : read.end();
      if (found != read.end()) {
        read.erase(found);
      }
    }
  }
}

}  // namespace ompq::detail
