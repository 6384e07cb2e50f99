// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// The block of each layer, ascending from 0 in graph order. A block is a
/// region with a single entry and a single exit (a residual block, a fire
/// module), or a depthwise convolution with the pointwise ones before and after
/// it.
///
/// @param graph  with shapes; the graph in which the layers were found
/// @source the paper takes blocks from the definition of three architectures;
///         here they are found from the graph of any network.
[[nodiscard]] OMPQ_API std::vector<int> block_groups(
    const Graph& graph, const LayerTable& layers);

/// The stage of each layer, ascending from 0 in graph order. A stage lies
/// between two changes of the spatial size of the layers' outputs; layers
/// without spatial dimensions (Gemm, MatMul) form one of their own.
[[nodiscard]] OMPQ_API std::vector<int> stage_groups(
    const Graph& graph, const LayerTable& layers);

}  // namespace ompq
