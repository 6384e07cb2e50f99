// SPDX-License-Identifier: MIT
#include "ompq/graph/output_names.h"

#include <algorithm>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

using State = GraphBuilder::State;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_computed(const State& state, const std::string& name) {
  return std::any_of(
      state.nodes.begin(),
      state.nodes.end(),
      [&](const GraphBuilder::NodeSpec& node) {
        return contains(node.outputs, name);
      });
}

bool is_output_name(const State& state, const std::string& name) {
  return std::any_of(
      state.outputs.begin(),
      state.outputs.end(),
      [&](const OutputSpec& output) { return output.name == name; });
}

void rename_value(
    State& state, const std::string& from, const std::string& to) {
  for (GraphBuilder::NodeSpec& node : state.nodes) {
    std::replace(node.inputs.begin(), node.inputs.end(), from, to);
    std::replace(node.outputs.begin(), node.outputs.end(), from, to);
  }
  for (auto& [name, constant] : state.constants) {
    if (name == from) {
      name = to;
    }
  }
  for (OutputSpec& output : state.outputs) {
    if (output.source == from) {
      output.source = to;
    }
  }
  if (const auto known = state.known.find(from); known != state.known.end()) {
    state.known[to] = known->second;
    state.known.erase(from);
  }
  state.used_value_names.insert(to);
}

/// Makes `name` free for the output; what has it now is internal.
void vacate(State& state, const std::string& name) {
  std::string replacement;
  int number = 1;
  do {
    replacement = fmt::format("{}_inner_{}", name, number++);
  } while (state.used_value_names.contains(replacement));
  rename_value(state, name, replacement);
}

void restore_output(State& state, std::size_t index) {
  const std::string name = state.outputs[index].name;
  if (contains(state.inputs, name)) {
    // An input that is passed through: both names are fixed.
    state.outputs[index].source = name;
    return;
  }
  vacate(state, name);
  const std::string source = state.outputs[index].source;
  if (is_computed(state, source) && !is_output_name(state, source)) {
    rename_value(state, source, name);
    return;
  }
  GraphBuilder::NodeSpec identity;
  identity.op_type = "Identity";
  identity.inputs = {source};
  identity.outputs = {name};
  state.adopt(identity, state.nodes.size());
  state.nodes.push_back(std::move(identity));
  state.outputs[index].source = name;
}

}  // namespace

void restore_output_names(State& state) {
  for (std::size_t i = 0; i < state.outputs.size(); ++i) {
    if (state.outputs[i].name != state.outputs[i].source) {
      restore_output(state, i);
    }
  }
}

}  // namespace ompq::detail
