// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// The BatchNormalization behind a layer, before it was folded into it:
///
///   y = scale (x - mean) + shift,  scale = gamma / sqrt(variance + epsilon)
struct LayerNorm {
  std::vector<double> scale;
  std::vector<double> variance;
  std::vector<double> shift;
  double epsilon = 1e-5;
};

/// The normalisations that fold_batch_norm() folds into the layer before them,
/// by the layer's name; of several in a row, none.
///
/// @param graph  canonical form with shapes, not folded
[[nodiscard]] OMPQ_API std::map<std::string, LayerNorm> find_layer_norms(
    const Graph& graph);

}  // namespace ompq
