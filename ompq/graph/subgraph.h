// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Some nodes of a graph as a graph of their own; names, types and shapes stay.
/// Constants that the nodes read come along.
///
/// @param nodes    in topological order; those that no output needs are dropped
/// @param inputs   values computed outside that the nodes read: its inputs, in
///                 this order, each once
/// @param outputs  values of the nodes: its outputs, in this order, each once
/// @throws Error{InvalidArgument}  a node reads a computed value that is
///                                 neither an input nor computed by the nodes;
///                                 an output is computed by none of them
/// @throws Error{InvalidModel}  there are no outputs, or one is listed twice
[[nodiscard]] OMPQ_API Graph subgraph(
    const Graph& graph,
    std::span<const NodeId> nodes,
    std::span<const ValueId> inputs,
    std::span<const ValueId> outputs);

}  // namespace ompq
