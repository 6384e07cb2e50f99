// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"
#include "ompq/plan/size_model.h"

namespace ompq {

/// The size model of a graph's packed file: counts what is not a quantized
/// weight (other nodes, other constants with their names).
///
/// @param graph   the graph in which the layers were found
/// @param layers  the layers that will be quantized
[[nodiscard]] OMPQ_API FileSizeModel
file_size_model(const Graph& graph, const LayerTable& layers);

}  // namespace ompq
