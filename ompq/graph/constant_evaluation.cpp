// SPDX-License-Identifier: MIT
#include "ompq/graph/constant_evaluation.h"

#include <algorithm>

#include "ompq/core/error.h"
#include "ompq/graph/evaluators.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// Results beyond this are left to the engine.
constexpr std::int64_t kMostElements = std::int64_t{1} << 26;
/// A small constant is not blown up beyond this: the file would grow.
constexpr std::int64_t kMostExpanded = std::int64_t{1} << 20;

const Evaluators& all_evaluators() {
  static const Evaluators evaluators = [] {
    Evaluators merged;
    for (Evaluators family :
         {arithmetic_evaluators(),
          bitwise_evaluators(),
          function_evaluators(),
          generation_evaluators(),
          logic_evaluators(),
          movement_evaluators(),
          quantization_evaluators(),
          reduction_evaluators(),
          scatter_evaluators()}) {
      merged.merge(family);
    }
    return merged;
  }();
  return evaluators;
}

bool needs_shapes_only(const Node& node) {
  return node.op_type == "Shape" || node.op_type == "Size";
}

bool inputs_are_constant(const NodeFacts& facts) {
  for (std::size_t index = 0; index < facts.count(); ++index) {
    if (facts.has(index) && facts.constant(index) == nullptr) {
      return false;
    }
  }
  return true;
}

bool is_worth_storing(
    const NodeFacts& facts, const std::vector<ValueFacts>& outputs) {
  const std::string& op = facts.node().op_type;
  const bool blows_up =
      op == "Expand" || op == "Tile" || op == "ConstantOfShape";
  for (const ValueFacts& output : outputs) {
    const std::int64_t elements = element_count(*output.shape);
    if (elements > kMostElements || (blows_up && elements > kMostExpanded &&
                                     elements > facts.constant(0)->size())) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::vector<Constant>> evaluate_node(
    const NodeFacts& facts, const std::vector<ValueFacts>& outputs) {
  const Node& node = facts.node();
  const auto evaluator = all_evaluators().find(node.op_type);
  const bool known =
      std::all_of(outputs.begin(), outputs.end(), [](const ValueFacts& output) {
        return output.shape.has_value();
      });
  if (evaluator == all_evaluators().end() || !known ||
      (!needs_shapes_only(node) && !inputs_are_constant(facts)) ||
      !is_worth_storing(facts, outputs)) {
    return std::nullopt;
  }
  return evaluator->second(facts, outputs);
}

std::optional<std::vector<Constant>> evaluate_constant(
    const Node& node, const std::vector<std::optional<Constant>>& inputs) {
  std::vector<ValueFacts> values;
  values.reserve(inputs.size());
  std::vector<const ValueFacts*> views;
  for (const std::optional<Constant>& input : inputs) {
    if (input) {
      values.push_back({input->type(), input->shape(), *input});
    }
    views.push_back(input ? &values.back() : nullptr);
  }
  const NodeFacts facts(node, std::move(views));
  return has_shape_rule(node.op_type) ? evaluate_node(facts, infer_node(facts))
                                      : std::nullopt;
}

}  // namespace ompq
