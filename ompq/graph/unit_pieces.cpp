// SPDX-License-Identifier: MIT
#include "ompq/graph/unit_pieces.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <set>
#include <utility>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::binary_search(nodes.begin(), nodes.end(), node);
}

bool is_read_outside(
    const Graph& graph, const Value& value, const std::vector<NodeId>& nodes) {
  return graph.is_output(value.id) ||
         std::any_of(
             value.consumers.begin(),
             value.consumers.end(),
             [&](NodeId reader) { return !contains(nodes, reader); });
}

/// For each node of the graph the piece it belongs to.
std::vector<std::size_t> owners(
    const Graph& graph, const std::vector<Piece>& pieces) {
  std::vector<std::size_t> owner(graph.nodes().size(), pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (const NodeId node : pieces[i].nodes) {
      owner[node.index()] = i;
    }
  }
  return owner;
}

/// For each piece the pieces that read what it computes.
std::vector<std::set<std::size_t>> readers(
    const Graph& graph, const std::vector<Piece>& pieces) {
  const std::vector<std::size_t> owner = owners(graph, pieces);
  std::vector<std::set<std::size_t>> result(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (const ValueId input : pieces[i].inputs) {
      if (const auto& producer = graph.value(input).producer) {
        result[owner[producer->index()]].insert(i);
      }
    }
  }
  return result;
}

}  // namespace

Piece make_piece(
    const Graph& graph, const LayerTable& layers, std::vector<NodeId> nodes) {
  std::sort(nodes.begin(), nodes.end());
  Piece piece;
  std::set<ValueId> inputs;
  std::set<ValueId> outputs;
  for (const NodeId id : nodes) {
    for (const auto& input : graph.node(id).inputs) {
      if (!input || graph.value(*input).constant) {
        continue;
      }
      const auto& producer = graph.value(*input).producer;
      if (!producer || !contains(nodes, *producer)) {
        inputs.insert(*input);
      }
    }
    for (const auto& output : graph.node(id).outputs) {
      if (output && is_read_outside(graph, graph.value(*output), nodes)) {
        outputs.insert(*output);
      }
    }
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (contains(nodes, layers[i].node)) {
      piece.layers.emplace_back(static_cast<std::int64_t>(i));
    }
  }
  piece.nodes = std::move(nodes);
  piece.inputs.assign(inputs.begin(), inputs.end());
  piece.outputs.assign(outputs.begin(), outputs.end());
  return piece;
}

std::vector<Piece> in_running_order(
    const Graph& graph, std::vector<Piece> pieces) {
  std::vector<std::size_t> missing(pieces.size(), 0);
  const auto readers_of = readers(graph, pieces);
  for (const auto& piece_readers : readers_of) {
    for (const std::size_t reader : piece_readers) {
      ++missing[reader];
    }
  }
  using Ready = std::pair<NodeId, std::size_t>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (missing[i] == 0) {
      ready.emplace(pieces[i].nodes.front(), i);
    }
  }
  std::vector<Piece> ordered;
  while (!ready.empty()) {
    const std::size_t next = ready.top().second;
    ready.pop();
    for (const std::size_t reader : readers_of[next]) {
      if (--missing[reader] == 0) {
        ready.emplace(pieces[reader].nodes.front(), reader);
      }
    }
    ordered.push_back(std::move(pieces[next]));
  }
  OMPQ_ASSERT(ordered.size() == pieces.size(), "units do not form a cycle");
  return ordered;
}

}  // namespace ompq::detail
