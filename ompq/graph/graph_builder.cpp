// SPDX-License-Identifier: MIT
#include "ompq/graph/graph_builder.h"

#include <algorithm>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder_state.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

std::string name_of(const Graph& graph, const std::optional<ValueId>& id) {
  return id ? graph.value(*id).name : std::string();
}

std::vector<NodeSpec>::iterator find_spec(
    std::vector<NodeSpec>& nodes, const std::string& name) {
  const auto found =
      std::find_if(nodes.begin(), nodes.end(), [&](const NodeSpec& node) {
        return node.name == name;
      });
  OMPQ_CHECK(
      found != nodes.end(),
      ErrorCode::Internal,
      "[graph_builder] no node is called '{}'",
      name);
  return found;
}

}  // namespace

NodeSpec detail::spec_of(const Graph& graph, const Node& node) {
  NodeSpec spec{
      .name = node.name,
      .domain = node.domain,
      .op_type = node.op_type,
      .inputs = {},
      .outputs = {},
      .attributes = node.attributes};
  for (const std::optional<ValueId>& id : node.inputs) {
    spec.inputs.push_back(name_of(graph, id));
  }
  for (const std::optional<ValueId>& id : node.outputs) {
    spec.outputs.push_back(name_of(graph, id));
  }
  return spec;
}

/// Gives an unnamed node a name and remembers the names it brings.
void GraphBuilder::State::adopt(NodeSpec& node, std::size_t number) {
  if (node.name.empty()) {
    do {
      node.name = fmt::format("{}_{}", node.op_type, number++);
    } while (used_node_names.contains(node.name));
  }
  used_node_names.insert(node.name);
  for (const std::string& output : node.outputs) {
    used_value_names.insert(output);
  }
}

GraphBuilder::GraphBuilder(std::string name, std::int64_t opset)
    : state_(std::make_unique<State>()) {
  state_->name = std::move(name);
  state_->opset = opset;
}

GraphBuilder::GraphBuilder(const Graph& graph)
    : GraphBuilder(graph.name(), graph.opset()) {
  state_->metadata = graph.metadata();
  state_->functions.assign(graph.functions().begin(), graph.functions().end());
  for (const Value& value : graph.values()) {
    state_->used_value_names.insert(value.name);
    if (value.constant) {
      state_->constants.emplace_back(value.name, *value.constant);
    } else {
      state_->known[value.name] = {value.type, value.shape};
    }
  }
  for (const ValueId id : graph.inputs()) {
    state_->inputs.push_back(graph.value(id).name);
  }
  for (const ValueId id : graph.outputs()) {
    add_output(graph.value(id).name);
  }
  for (const Node& node : graph.nodes()) {
    add_node(detail::spec_of(graph, node));
  }
}

GraphBuilder::~GraphBuilder() = default;
GraphBuilder::GraphBuilder(GraphBuilder&&) noexcept = default;
GraphBuilder& GraphBuilder::operator=(GraphBuilder&&) noexcept = default;

void GraphBuilder::set_opset(std::int64_t opset) {
  state_->opset = opset;
}

void GraphBuilder::set_metadata(
    const std::string& key, const std::string& text) {
  state_->metadata[key] = text;
}

void GraphBuilder::add_function(Function function) {
  const bool is_known = std::any_of(
      state_->functions.begin(),
      state_->functions.end(),
      [&](const Function& other) {
        return other.domain == function.domain && other.name == function.name;
      });
  if (!is_known) {
    state_->functions.push_back(std::move(function));
  }
}

void GraphBuilder::add_input(
    const std::string& name,
    DataType type,
    std::optional<std::vector<Dimension>> shape) {
  state_->inputs.push_back(name);
  state_->known[name] = {type, std::move(shape)};
  state_->used_value_names.insert(name);
}

void GraphBuilder::add_output(const std::string& name) {
  state_->outputs.push_back({name, name});
  state_->used_value_names.insert(name);
}

void GraphBuilder::clear_outputs() {
  state_->outputs.clear();
}

void GraphBuilder::add_constant(const std::string& name, Constant constant) {
  state_->constants.emplace_back(name, std::move(constant));
  state_->used_value_names.insert(name);
}

std::string GraphBuilder::add_fresh_constant(
    const std::string& stem, Constant constant) {
  std::string name = fresh_name(stem);
  add_constant(name, std::move(constant));
  return name;
}

std::string GraphBuilder::add_node(NodeSpec node) {
  state_->adopt(node, state_->nodes.size());
  state_->nodes.push_back(std::move(node));
  return state_->nodes.back().name;
}

void GraphBuilder::replace_node(
    const std::string& name, std::vector<NodeSpec> nodes) {
  auto position = find_spec(state_->nodes, name);
  const auto number =
      static_cast<std::size_t>(position - state_->nodes.begin());
  state_->used_node_names.erase(name);
  // Nodes that bring a name keep it, wherever they stand.
  for (const NodeSpec& node : nodes) {
    if (!node.name.empty()) {
      state_->used_node_names.insert(node.name);
    }
  }
  for (NodeSpec& node : nodes) {
    state_->adopt(node, number);
  }
  if (nodes.size() == 1) {
    *position = std::move(nodes.front());
    return;
  }
  position = state_->nodes.erase(position);
  state_->nodes.insert(
      position,
      std::make_move_iterator(nodes.begin()),
      std::make_move_iterator(nodes.end()));
}

void GraphBuilder::remove_node(const std::string& name) {
  state_->nodes.erase(find_spec(state_->nodes, name));
  state_->used_node_names.erase(name);
}

void GraphBuilder::set_type(const std::string& value, DataType type) {
  state_->known[value].type = type;
}

void GraphBuilder::set_shape(
    const std::string& value, std::optional<std::vector<Dimension>> shape) {
  state_->known[value].shape = std::move(shape);
}

void GraphBuilder::replace_uses(
    const std::string& from, const std::string& to) {
  for (NodeSpec& node : state_->nodes) {
    std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  }
  // The name of the output is restored in build(): until then the caller may
  // go on to refer to `to`.
  for (OutputSpec& output : state_->outputs) {
    if (output.source == from) {
      output.source = to;
    }
  }
}

std::string GraphBuilder::fresh_name(const std::string& stem) const {
  std::string name = stem;
  for (int number = 1; state_->used_value_names.contains(name); ++number) {
    name = fmt::format("{}_{}", stem, number);
  }
  return name;
}

const std::vector<GraphBuilder::NodeSpec>& GraphBuilder::nodes() const {
  return state_->nodes;
}

}  // namespace ompq
