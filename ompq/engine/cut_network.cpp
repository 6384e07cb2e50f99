// SPDX-License-Identifier: MIT
#include "ompq/engine/cut_network.h"

#include <algorithm>
#include <set>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/graph/subgraph.h"

namespace ompq {
namespace {

bool is_read_from(const Value& value, std::size_t position) {
  return !value.consumers.empty() && value.consumers.back().index() >= position;
}

/// What nodes [first, last) read and none of them computes, ascending.
std::vector<ValueId> inputs_of(
    const Graph& graph, std::size_t first, std::size_t last) {
  std::set<ValueId> inputs;
  for (std::size_t n = first; n < last; ++n) {
    for (const std::optional<ValueId>& input : graph.nodes()[n].inputs) {
      if (!input || graph.value(*input).constant) {
        continue;
      }
      const auto producer = graph.value(*input).producer;
      if (!producer || producer->index() < first) {
        inputs.insert(*input);
      }
    }
  }
  return {inputs.begin(), inputs.end()};
}

}  // namespace

CutNetwork::CutNetwork(Graph graph, const std::vector<Tensors>& micro_batches)
    : graph_(std::move(graph)) {
  for (const Tensors& inputs : micro_batches) {
    std::map<std::string, at::Tensor>& values = live_.emplace_back();
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      values.emplace(graph_.value(graph_.inputs()[k]).name, inputs[k]);
    }
  }
}

std::vector<Tensors> CutNetwork::run_nodes(
    const Graph& graph,
    std::size_t first,
    std::size_t last,
    const std::vector<ValueId>& outputs) const {
  std::vector<NodeId> nodes;
  for (std::size_t n = first; n < last; ++n) {
    nodes.push_back(graph.nodes()[n].id);
  }
  const std::vector<ValueId> inputs = inputs_of(graph, first, last);
  const Network network(subgraph(graph, nodes, inputs, outputs));
  std::vector<Tensors> results;
  for (const auto& values : live_) {
    // A run may overwrite what it gets.
    Tensors own;
    for (const ValueId input : inputs) {
      own.push_back(values.at(graph.value(input).name).clone());
    }
    results.push_back(network.run({std::move(own)}).front());
  }
  return results;
}

void CutNetwork::advance_to(NodeId node) {
  const std::size_t target = node.index();
  OMPQ_CHECK(
      target >= position_,
      ErrorCode::InvalidArgument,
      "[engine] the network is already cut behind node '{}'",
      graph_.node(node).name);
  std::vector<ValueId> passing;
  for (const Value& value : graph_.values()) {
    if (value.producer && value.producer->index() >= position_ &&
        value.producer->index() < target && is_read_from(value, target)) {
      passing.push_back(value.id);
    }
  }
  if (!passing.empty()) {
    std::vector<Tensors> results =
        run_nodes(graph_, position_, target, passing);
    for (std::size_t i = 0; i < live_.size(); ++i) {
      for (std::size_t k = 0; k < passing.size(); ++k) {
        live_[i][graph_.value(passing[k]).name] = std::move(results[i][k]);
      }
    }
  }
  position_ = target;
  for (auto& values : live_) {
    std::erase_if(values, [&](const auto& entry) {
      return !is_read_from(
          graph_.value(*graph_.find_value(entry.first)), position_);
    });
  }
}

std::vector<std::size_t> CutNetwork::outputs_behind() const {
  std::vector<std::size_t> positions;
  for (std::size_t k = 0; k < graph_.outputs().size(); ++k) {
    const auto producer = graph_.value(graph_.outputs()[k]).producer;
    if (producer && producer->index() >= position_) {
      positions.push_back(k);
    }
  }
  return positions;
}

std::vector<Tensors> CutNetwork::run_rest(const Graph& changed) const {
  std::vector<ValueId> outputs;
  for (const std::size_t k : outputs_behind()) {
    outputs.push_back(changed.outputs()[k]);
  }
  return outputs.empty()
             ? std::vector<Tensors>(live_.size())
             : run_nodes(changed, position_, changed.nodes().size(), outputs);
}

}  // namespace ompq
