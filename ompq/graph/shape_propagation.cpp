// SPDX-License-Identifier: MIT
#include "ompq/graph/shape_propagation.h"

#include <algorithm>
#include <utility>

#include "ompq/graph/constant_evaluation.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {

ShapePropagation::ShapePropagation(
    const Graph& graph,
    const InputShapes& inputs,
    const ShapePropagation* earlier)
    : graph_(&graph), earlier_(earlier), values_(graph.values().size()) {
  for (const Value& value : graph.values()) {
    ValueFacts& facts = values_[value.id.index()];
    facts.type = value.type;
    if (value.constant) {
      facts.type = value.constant->type();
      facts.shape = value.constant->shape();
      facts.constant = value.constant;
    }
  }
  for (const auto& [id, shape] : inputs) {
    values_[id.index()].shape = shape;
  }
}

NodeFacts ShapePropagation::facts_of(const Node& node) const {
  std::vector<const ValueFacts*> inputs;
  for (std::size_t index = 0; index < node.inputs.size(); ++index) {
    const auto changed = overrides_.find({node.id, index});
    if (changed != overrides_.end()) {
      inputs.push_back(&changed->second);
    } else {
      const std::optional<ValueId> id = node.inputs[index];
      inputs.push_back(id ? &values_[id->index()] : nullptr);
    }
  }
  return NodeFacts(node, std::move(inputs));
}

void ShapePropagation::override_input(
    const Node& node, std::size_t index, Constant constant) {
  ValueFacts facts{constant.type(), constant.shape(), std::nullopt};
  facts.constant = std::move(constant);
  overrides_.insert_or_assign({node.id, index}, std::move(facts));
}

/// Copies share their bytes, so comparing addresses is enough here.
bool ShapePropagation::same_constant_inputs(const Node& node) const {
  if (earlier_ == nullptr) {
    return false;
  }
  return std::all_of(
      node.inputs.begin(), node.inputs.end(), [&](const auto& id) {
        if (!id) {
          return true;
        }
        const auto& here = values_[id->index()].constant;
        const auto& there = earlier_->values_[id->index()].constant;
        return here && there && here->shape() == there->shape() &&
               here->bytes().data() == there->bytes().data();
      });
}

void ShapePropagation::step(const Node& node) {
  const bool taken_over = same_constant_inputs(node);
  const NodeFacts facts = facts_of(node);
  std::vector<ValueFacts> outputs = infer_node(facts);
  if (!taken_over) {
    if (auto constants = evaluate_node(facts, outputs)) {
      for (std::size_t index = 0; index < constants->size(); ++index) {
        outputs[index].constant = std::move((*constants)[index]);
      }
    }
  }
  for (std::size_t index = 0; index < outputs.size(); ++index) {
    const std::optional<ValueId> id = node.output(index);
    if (!id) {
      continue;
    }
    ValueFacts& value = values_[id->index()];
    // What the file declares is a last resort where inference knows nothing.
    if (outputs[index].type == DataType::Undefined) {
      outputs[index].type = value.type;
    }
    value = std::move(outputs[index]);
    if (taken_over) {
      value.constant = earlier_->values_[id->index()].constant;
    }
  }
}

void ShapePropagation::run() {
  for (const Node& node : graph_->nodes()) {
    step(node);
  }
}

bool is_same_constant(const Constant& a, const Constant& b) {
  return a.type() == b.type() && a.shape() == b.shape() &&
         (a.bytes().data() == b.bytes().data() || std::equal(
                                                      a.bytes().begin(),
                                                      a.bytes().end(),
                                                      b.bytes().begin(),
                                                      b.bytes().end()));
}

}  // namespace ompq
