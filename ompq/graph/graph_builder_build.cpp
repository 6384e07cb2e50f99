// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/graph_builder_state.h"
#include "ompq/graph/node_order.h"
#include "ompq/graph/output_names.h"

namespace ompq {
namespace {

using State = GraphBuilder::State;
using NodeSpec = GraphBuilder::NodeSpec;

void check_names(const State& state) {
  std::unordered_map<std::string, std::string> definitions;
  const auto define = [&](const std::string& name, const std::string& by) {
    const auto [other, is_new] = definitions.emplace(name, by);
    OMPQ_CHECK(
        is_new,
        ErrorCode::InvalidModel,
        "[graph] the name '{}' is used twice: for {} and for {}",
        name,
        other->second,
        by);
  };
  for (const std::string& input : state.inputs) {
    OMPQ_CHECK(
        !input.empty(),
        ErrorCode::InvalidModel,
        "[graph] an input has no name");
    define(input, "a graph input");
  }
  for (const auto& [name, constant] : state.constants) {
    define(name, "an initializer");
  }
  std::unordered_set<std::string> node_names;
  for (const NodeSpec& node : state.nodes) {
    OMPQ_CHECK(
        node_names.insert(node.name).second,
        ErrorCode::InvalidModel,
        "[graph] two nodes have the name '{}'",
        node.name);
    for (const std::string& output : node.outputs) {
      if (!output.empty()) {
        define(output, fmt::format("an output of node '{}'", node.name));
      }
    }
  }
}

std::vector<std::string> output_names(const State& state) {
  OMPQ_CHECK(
      !state.outputs.empty(),
      ErrorCode::InvalidModel,
      "[graph] '{}' has no outputs",
      state.name);
  std::vector<std::string> names;
  for (const OutputSpec& output : state.outputs) {
    OMPQ_CHECK(
        std::find(names.begin(), names.end(), output.name) == names.end(),
        ErrorCode::InvalidModel,
        "[graph] the output '{}' is listed twice",
        output.name);
    names.push_back(output.name);
  }
  return names;
}

detail::Producers find_producers(const State& state) {
  detail::Producers producers;
  for (std::size_t i = 0; i < state.nodes.size(); ++i) {
    for (const std::string& output : state.nodes[i].outputs) {
      if (!output.empty()) {
        producers.emplace(output, i);
      }
    }
  }
  return producers;
}

/// Constants that a node of `order` or an output uses.
std::unordered_set<std::string> used_names(
    const State& state,
    const std::vector<std::size_t>& order,
    const std::vector<std::string>& outputs) {
  std::unordered_set<std::string> used(outputs.begin(), outputs.end());
  for (const std::size_t position : order) {
    const NodeSpec& node = state.nodes[position];
    used.insert(node.inputs.begin(), node.inputs.end());
  }
  return used;
}

}  // namespace

/// Fills a Graph from a checked State.
class GraphBuilder::Assembly {
 public:
  explicit Assembly(State& state) : state_(state) {
    graph_.name_ = state.name;
    graph_.opset_ = state.opset;
    graph_.metadata_ = state.metadata;
    graph_.functions_ = state.functions;
  }

  void add_inputs() {
    for (const std::string& name : state_.inputs) {
      graph_.inputs_.push_back(add_value(name));
    }
  }

  void add_constants(const std::unordered_set<std::string>& used) {
    for (auto& [name, constant] : state_.constants) {
      if (!used.contains(name)) {
        continue;
      }
      Value& value = graph_.values_[add_value(name).index()];
      value.type = constant.type();
      value.shape.emplace();
      for (const std::int64_t size : constant.shape()) {
        value.shape->push_back({.size = size, .symbol = {}});
      }
      value.constant = std::move(constant);
    }
  }

  void add_node(NodeSpec& spec) {
    Node node;
    node.id = NodeId(static_cast<std::int64_t>(graph_.nodes_.size()));
    for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
      node.inputs.push_back(find_input(spec, i));
      if (node.inputs.back()) {
        auto& consumers = graph_.values_[node.inputs.back()->index()].consumers;
        if (consumers.empty() || consumers.back() != node.id) {
          consumers.push_back(node.id);
        }
      }
    }
    for (const std::string& name : spec.outputs) {
      if (name.empty()) {
        node.outputs.push_back(std::nullopt);
        continue;
      }
      node.outputs.push_back(add_value(name));
      graph_.values_.back().producer = node.id;
    }
    node.name = std::move(spec.name);
    node.domain = std::move(spec.domain);
    node.op_type = std::move(spec.op_type);
    node.attributes = std::move(spec.attributes);
    graph_.node_by_name_.emplace(node.name, node.id);
    graph_.nodes_.push_back(std::move(node));
  }

  void add_outputs(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const std::optional<ValueId> id = graph_.find_value(name);
      OMPQ_CHECK(
          id.has_value(),
          ErrorCode::InvalidModel,
          "[graph] the output '{}' is computed by no node",
          name);
      graph_.outputs_.push_back(*id);
    }
  }

  Graph take() { return std::move(graph_); }

 private:
  ValueId add_value(const std::string& name) {
    Value value;
    value.id = ValueId(static_cast<std::int64_t>(graph_.values_.size()));
    value.name = name;
    if (const auto known = state_.known.find(name);
        known != state_.known.end()) {
      value.type = known->second.type;
      value.shape = known->second.shape;
    }
    graph_.value_by_name_.emplace(name, value.id);
    graph_.values_.push_back(std::move(value));
    return graph_.values_.back().id;
  }

  std::optional<ValueId> find_input(const NodeSpec& spec, std::size_t index) {
    const std::string& name = spec.inputs[index];
    if (name.empty()) {
      return std::nullopt;
    }
    const std::optional<ValueId> id = graph_.find_value(name);
    OMPQ_CHECK(
        id.has_value(),
        ErrorCode::InvalidModel,
        "[graph] node '{}' ({}): input {} '{}' is neither a graph input nor "
        "computed by a node, and no initializer has this name",
        spec.name,
        spec.op_type,
        index,
        name);
    return id;
  }

  State& state_;
  Graph graph_;
};

Graph GraphBuilder::build() && {
  State& state = *state_;
  const std::vector<std::string> outputs = output_names(state);
  detail::restore_output_names(state);
  check_names(state);
  const std::vector<std::size_t> order =
      detail::order_nodes(state.nodes, find_producers(state), outputs);

  Assembly assembly(state);
  assembly.add_inputs();
  assembly.add_constants(used_names(state, order, outputs));
  for (const std::size_t position : order) {
    assembly.add_node(state.nodes[position]);
  }
  assembly.add_outputs(outputs);
  return assembly.take();
}

}  // namespace ompq
