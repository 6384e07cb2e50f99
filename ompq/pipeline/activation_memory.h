// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Rows of an ActivationMemory budget: one for each moment of a run whose
/// tensors are not those of another moment or fewer.
///
/// A tensor takes elements x width bits of one sample: the width is that of its
/// quantizer (of the layers that it is quantized for), of what keeps its
/// numbers (MaxPool, Concat) that of its input; others count 32 bits in float,
/// and the size of their type otherwise.
///
/// @param graph  with shapes; the graph in which the layers were found
[[nodiscard]] OMPQ_API std::vector<CostRow> activation_memory_rows(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options);

/// The same rows with the weights of all layers at their width, for a
/// TotalMemory budget.
[[nodiscard]] OMPQ_API std::vector<CostRow> total_memory_rows(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options);

/// Layers whose activations must have one width because a quantizer serves
/// several of them: those that read one tensor, or operands of one Concat. As
/// AllocationProblem::activation_groups; -1 = for itself, empty = no groups.
[[nodiscard]] OMPQ_API std::vector<int> activation_groups(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options);

}  // namespace ompq
