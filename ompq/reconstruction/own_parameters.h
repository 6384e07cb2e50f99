// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// True if the layer adds its third input to its output as it is: Conv,
/// ConvTranspose, Gemm with beta 1.
[[nodiscard]] OMPQ_API bool can_add_bias(const Node& node, const Layer& layer);

/// The graph with a bias of its own, [channels], for every layer that can add
/// one: zeros where there was none, a copy where it was shared. Layers that
/// shared a weight get a copy each as well, so that all of them can be
/// quantized on their own. Names of nodes stay.
[[nodiscard]] OMPQ_API Graph
with_own_parameters(const Graph& graph, const LayerTable& layers);

}  // namespace ompq
