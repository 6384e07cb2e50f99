// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/ids.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq::detail {

/// Nodes of a graph seen from outside.
struct Piece {
  /// Ascending.
  std::vector<NodeId> nodes;
  /// Computed values and graph inputs that the nodes read, ascending.
  std::vector<ValueId> inputs;
  /// Values of the nodes that others read or that are graph outputs, ascending.
  std::vector<ValueId> outputs;
  /// Ascending.
  std::vector<LayerId> layers;
};

/// The nodes as a piece: sorted, with what they read, leave and contain.
[[nodiscard]] Piece make_piece(
    const Graph& graph, const LayerTable& layers, std::vector<NodeId> nodes);

/// The pieces in an order in which each can run: it reads only graph inputs
/// and what pieces before it compute. Where there is a choice, the piece with
/// the first node of the graph comes first.
///
/// @param pieces  without a cycle; together all nodes of the graph
[[nodiscard]] std::vector<Piece> in_running_order(
    const Graph& graph, std::vector<Piece> pieces);

}  // namespace ompq::detail
