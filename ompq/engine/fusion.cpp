// SPDX-License-Identifier: MIT
#include "ompq/engine/fusion.h"

#include <algorithm>

namespace ompq {
namespace {

/// The limit behind input `index` of a Clip; `fallback` if it is left out.
std::optional<float> clip_limit(
    const Graph& graph, const Node& node, std::size_t index, float fallback) {
  if (!node.input(index).has_value()) {
    return fallback;
  }
  const Constant* limit = graph.constant_input(node, index);
  if (limit == nullptr || limit->size() != 1) {
    return std::nullopt;
  }
  return static_cast<float>(limit->to_double().front());
}

bool is_plain_convolution(const Graph& graph, const Node& node) {
  if (node.op_type != "Conv" || !node.domain.empty()) {
    return false;
  }
  const Constant* weight = graph.constant_input(node, 1);
  const bool has_constant_bias =
      !node.input(2).has_value() || graph.constant_input(node, 2) != nullptr;
  return weight != nullptr && weight->type() == DataType::Float32 &&
         weight->shape().size() == 4 && has_constant_bias;
}

/// The only node that reads the value, if it may be merged with its producer.
const Node* only_consumer(
    const Graph& graph, ValueId id, const std::unordered_set<ValueId>& kept) {
  const Value& value = graph.value(id);
  if (value.consumers.size() != 1 || kept.contains(id) || graph.is_output(id)) {
    return nullptr;
  }
  return &graph.node(value.consumers.front());
}

/// The other operand of an Add of two values of the same shape.
std::optional<ValueId> residual_of(
    const Graph& graph, const Node& add, ValueId operand) {
  if (add.op_type != "Add" || add.inputs.size() != 2 ||
      !add.inputs[0].has_value() || !add.inputs[1].has_value()) {
    return std::nullopt;
  }
  const ValueId other =
      *add.inputs[0] == operand ? *add.inputs[1] : *add.inputs[0];
  const Value& left = graph.value(operand);
  const Value& right = graph.value(other);
  const bool same = other != operand && left.shape.has_value() &&
                    left.shape == right.shape && !right.constant.has_value();
  return same ? std::optional(other) : std::nullopt;
}

/// Merges as many nodes after the convolution as possible.
FusedChain grow_chain(
    const Graph& graph,
    const Node& convolution,
    const std::unordered_set<ValueId>& kept,
    std::unordered_set<NodeId>& taken) {
  FusedChain chain{.convolution = convolution.id};
  chain.output = *convolution.outputs.front();
  const Node* next = only_consumer(graph, chain.output, kept);
  // oneDNN 2.6 adds the wrong numbers to convolutions in groups where the
  // processor has no AVX-512.
  const bool may_add = convolution.integer("group", 1) == 1;
  if (may_add && next != nullptr && !taken.contains(next->id)) {
    chain.residual = residual_of(graph, *next, chain.output);
    if (chain.residual.has_value()) {
      chain.add = next->id;
      chain.output = *next->outputs.front();
      taken.insert(next->id);
      next = only_consumer(graph, chain.output, kept);
    }
  }
  if (next != nullptr && !taken.contains(next->id)) {
    chain.range = clamp_range(graph, *next);
    if (chain.range.has_value()) {
      chain.activation = next->id;
      chain.output = *next->outputs.front();
      taken.insert(next->id);
    }
  }
  return chain;
}

}  // namespace

std::optional<ClampRange> clamp_range(const Graph& graph, const Node& node) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (!node.domain.empty()) {
    return std::nullopt;
  }
  if (node.op_type == "Relu") {
    return ClampRange{.low = 0.0F, .high = kInfinity};
  }
  const auto input = node.input(0);
  const DataType type = input ? graph.value(*input).type : DataType::Undefined;
  // A Clip of integers, as of codes, is not one of real numbers.
  const bool may_be_real =
      type == DataType::Float32 || type == DataType::Undefined;
  if (node.op_type != "Clip" || !may_be_real) {
    return std::nullopt;
  }
  const auto low = clip_limit(graph, node, 1, -kInfinity);
  const auto high = clip_limit(graph, node, 2, kInfinity);
  if (!low.has_value() || !high.has_value() || *low > *high) {
    return std::nullopt;
  }
  return ClampRange{.low = *low, .high = *high};
}

NodeId FusedChain::last_node() const {
  return activation.value_or(add.value_or(convolution));
}

std::vector<FusedChain> find_fused_chains(
    const Graph& graph, const std::unordered_set<ValueId>& kept) {
  std::vector<FusedChain> chains;
  std::unordered_set<NodeId> taken;
  // Backwards: of two convolutions that meet in an Add, the later one merges
  // it, because by then the other one's output exists.
  const auto nodes = graph.nodes();
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    if (is_plain_convolution(graph, *node)) {
      chains.push_back(grow_chain(graph, *node, kept, taken));
    }
  }
  std::reverse(chains.begin(), chains.end());
  return chains;
}

}  // namespace ompq
