// SPDX-License-Identifier: MIT
#include "ompq/graph/node_order.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <queue>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

std::optional<std::size_t> producer_of(
    const Producers& producers, const std::string& value) {
  const auto found = producers.find(value);
  return found == producers.end() ? std::nullopt : std::optional(found->second);
}

std::vector<bool> needed_nodes(
    const std::vector<NodeSpec>& nodes,
    const Producers& producers,
    const std::vector<std::string>& wanted) {
  std::vector<bool> is_needed(nodes.size(), false);
  std::vector<std::size_t> pending;
  const auto need = [&](const std::string& value) {
    const auto position = producer_of(producers, value);
    if (position && !is_needed[*position]) {
      is_needed[*position] = true;
      pending.push_back(*position);
    }
  };
  std::for_each(wanted.begin(), wanted.end(), need);
  while (!pending.empty()) {
    const NodeSpec& node = nodes[pending.back()];
    pending.pop_back();
    std::for_each(node.inputs.begin(), node.inputs.end(), need);
  }
  return is_needed;
}

/// Every node left has a producer that is left: following producers leads into
/// a cycle.
[[noreturn]] void fail_cycle(
    const std::vector<NodeSpec>& nodes,
    const Producers& producers,
    const std::vector<std::size_t>& missing_inputs) {
  const auto first = std::find_if(
      missing_inputs.begin(), missing_inputs.end(), [](std::size_t count) {
        return count > 0;
      });
  auto position = static_cast<std::size_t>(first - missing_inputs.begin());
  std::vector<std::size_t> path;
  while (std::find(path.begin(), path.end(), position) == path.end()) {
    path.push_back(position);
    for (const std::string& input : nodes[position].inputs) {
      const auto next = producer_of(producers, input);
      if (next && missing_inputs[*next] > 0) {
        position = *next;
        break;
      }
    }
  }
  // The path goes against the flow of data.
  std::string names = fmt::format("'{}'", nodes[position].name);
  const auto begin = std::find(path.begin(), path.end(), position);
  for (auto node = path.end(); node != begin;) {
    --node;
    names += fmt::format(" -> '{}'", nodes[*node].name);
  }
  fail(
      ErrorCode::InvalidModel,
      "[graph] the nodes form a cycle: {}; a network must be acyclic",
      names);
}

}  // namespace

std::vector<std::size_t> order_nodes(
    const std::vector<NodeSpec>& nodes,
    const Producers& producers,
    const std::vector<std::string>& wanted) {
  const auto is_needed = needed_nodes(nodes, producers, wanted);
  std::vector<std::size_t> missing_inputs(nodes.size(), 0);
  std::vector<std::vector<std::size_t>> readers(nodes.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>>
      ready;
  std::size_t needed_count = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!is_needed[i]) {
      continue;
    }
    ++needed_count;
    for (const std::string& input : nodes[i].inputs) {
      if (const auto producer = producer_of(producers, input)) {
        ++missing_inputs[i];
        readers[*producer].push_back(i);
      }
    }
    if (missing_inputs[i] == 0) {
      ready.push(i);
    }
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    order.push_back(ready.top());
    ready.pop();
    for (const std::size_t reader : readers[order.back()]) {
      if (--missing_inputs[reader] == 0) {
        ready.push(reader);
      }
    }
  }
  if (order.size() != needed_count) {
    fail_cycle(nodes, producers, missing_inputs);
  }
  return order;
}

}  // namespace ompq::detail
