// SPDX-License-Identifier: MIT
#include "ompq/graph/constant_folding.h"

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

}  // namespace ompq::detail
