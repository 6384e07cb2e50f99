// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/shape_propagation.h"

namespace ompq {

/// Constant inputs that a graph must read instead of its own so that it works
/// for any batch, by node and input index.
using BatchRewrites = std::map<std::pair<NodeId, std::size_t>, Constant>;

/// Finds out how a graph can be run with two samples at once.
///
/// Follows the batch from the inputs on: a Reshape whose constant target fixes
/// the batch at 1 gets a target that copies it, a Slice that takes the only
/// sample takes all of them. Unless the file itself leaves the batch open, it
/// then insists that samples stay apart: every value computed from the inputs
/// has exactly one axis that has doubled, no operator works along that axis,
/// and it is the first one of every output.
///
/// @param single   finished pass with one sample
/// @param twofold  pass with two samples, not yet run; is run
/// @param varying  the inputs whose first dimension is the batch
/// @param is_declared  the file leaves the batch of all of them open
/// @return nullopt if the graph works for one sample only
[[nodiscard]] std::optional<BatchRewrites> follow_batch(
    const Graph& graph,
    const ShapePropagation& single,
    ShapePropagation& twofold,
    const std::vector<ValueId>& varying,
    bool is_declared);

/// The graph with the rewrites applied.
[[nodiscard]] Graph apply_rewrites(
    const Graph& graph, const BatchRewrites& rewrites);

}  // namespace ompq
