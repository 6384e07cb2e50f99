// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// The graph with a bias of its own for every layer that can add one itself
/// (Conv, ConvTranspose, Gemm with beta 1): zeros where there was none, a copy
/// where two layers shared one. Names of nodes stay.
[[nodiscard]] OMPQ_API Graph
with_own_biases(const Graph& graph, const LayerTable& layers);

}  // namespace ompq
