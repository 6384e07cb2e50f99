// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/activation_sites.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq::detail {

/// Which values are on the grid of a quantizer, and which nodes hand it on.
struct QuantizedFlow {
  /// By value: must be on a grid, by the rules of find_activation_sites().
  std::vector<bool> is_quantized;
  /// By node: its results are on the grid that its first input (Concat: all
  /// inputs) is on.
  std::vector<bool> hands_on;
};

/// Follows what layers, sums and outputs ask for against the edges.
[[nodiscard]] QuantizedFlow find_quantized_flow(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options);

}  // namespace ompq::detail
