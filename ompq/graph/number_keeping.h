// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// True if every element of the node's results is an element of its first
/// input, or zero: what is on the grid of a quantizer before stays on it.
/// MaxPool and other maxima, nodes that change shape, order or selection, and
/// Pad with zeros.
[[nodiscard]] bool keeps_numbers(const Graph& graph, const Node& node);

}  // namespace ompq::detail
