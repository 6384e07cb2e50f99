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

/// What is asked of a graph that is run with two samples at once.
struct BatchRules {
  /// Nodes may read other constants: a Reshape whose constant target fixes the
  /// batch at 1 gets a target that copies it, a Slice that takes the only
  /// sample takes all of them.
  bool allows_rewrites = false;
  /// Every value computed from the inputs has exactly one axis that doubles,
  /// and no operator works along that axis.
  bool keeps_samples_apart = false;
  /// The first axis of every output doubles.
  bool leads_outputs = true;
};

/// Finds out how a graph can be run with two samples at once.
///
/// @param single   finished pass with one sample
/// @param twofold  pass with two samples, not yet run; is run
/// @param varying  the inputs whose first dimension is the batch
/// @return nullopt if the graph does not do what the rules ask
[[nodiscard]] std::optional<BatchRewrites> follow_batch(
    const Graph& graph,
    const ShapePropagation& single,
    ShapePropagation& twofold,
    const std::vector<ValueId>& varying,
    const BatchRules& rules);

/// The graph with the rewrites applied.
[[nodiscard]] Graph apply_rewrites(
    const Graph& graph, const BatchRewrites& rewrites);

}  // namespace ompq
