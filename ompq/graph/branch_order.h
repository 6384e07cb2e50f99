// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// The nodes in a topological order in which every region with a single entry
/// and a single exit is contiguous, however the file interleaves parallel
/// branches: depth first from the outputs, each node right after the last of
/// what it reads.
[[nodiscard]] std::vector<NodeId> branch_order(const Graph& graph);

}  // namespace ompq::detail
