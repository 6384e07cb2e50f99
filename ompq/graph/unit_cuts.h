// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq::detail {

/// Cuts an order of the nodes into pieces of 1 to `max_layers` layers (one
/// piece if there are no layers), so that
///
///   1. sum over pieces of max(0, inputs - 1) + max(0, outputs - 1) is least:
///      values that pass a piece by cost nothing, a chain costs nothing
///      wherever it is cut, a region with one entry and one exit costs
///      something wherever it is cut inside;
///   2. among these there are most pieces;
///   3. among these, nodes that are no layers stay with what stands before
///      them, except pooling over all positions and what follows it, which
///      stay with what stands after them.
///
/// Exact, by dynamic programming: O(nodes x nodes of the longest piece).
///
/// @param order  the nodes in topological order
[[nodiscard]] std::vector<std::vector<NodeId>> cut_into_pieces(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<NodeId>& order,
    int max_layers);

}  // namespace ompq::detail
