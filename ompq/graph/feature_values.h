// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Which value stands for a layer's function of the network's input.
enum class FeatureKind {
  /// Output of the layer with its bias, before the activation.
  Layer,
  /// The value after the element-wise operations that follow (BatchNorm,
  /// activation, Add) as long as each value has one reader: a layer that feeds
  /// a residual Add is represented by the sum after its activation.
  Activation,
};

/// The value to observe for each layer.
///
/// @param graph   the graph in which the layers were found
/// @return one value per layer, in order; two layers may share one
/// @source paper section 3.1 (features of layer i as a function of the input);
///         Activation is what the authors' code takes.
[[nodiscard]] OMPQ_API std::vector<ValueId> feature_values(
    const Graph& graph, const LayerTable& layers, FeatureKind kind);

}  // namespace ompq
