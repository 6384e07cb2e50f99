// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {

/// Position of the node that computes a value, by the value's name.
using Producers = std::unordered_map<std::string, std::size_t>;

/// Positions of the nodes that `wanted` values depend on, so that each stands
/// after what it depends on; otherwise in the order given.
///
/// @throws Error{InvalidModel}  the nodes form a cycle; names its nodes
[[nodiscard]] std::vector<std::size_t> order_nodes(
    const std::vector<GraphBuilder::NodeSpec>& nodes,
    const Producers& producers,
    const std::vector<std::string>& wanted);

}  // namespace ompq::detail
