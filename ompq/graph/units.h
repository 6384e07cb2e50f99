// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// A part of the network that is reconstructed by itself: a residual block, a
/// fire module, an inverted residual, or a single layer.
struct Unit {
  /// Name of its first layer, or of its first node if it has no layer.
  std::string name;
  /// In graph order; every node of the graph belongs to exactly one unit.
  std::vector<NodeId> nodes;
  /// Computed values and graph inputs that the nodes read, in order of
  /// ValueId; constants are not among them.
  std::vector<ValueId> inputs;
  /// Values of the nodes that later units read or that are graph outputs, in
  /// order of ValueId.
  std::vector<ValueId> outputs;
  /// Layers among the nodes, ascending.
  std::vector<LayerId> layers;
};

/// How the graph is cut.
struct UnitOptions {
  /// Largest number of layers of a unit; regions with more are cut inside, at
  /// the places where fewest values cross.
  int max_layers = 8;
  /// Every layer by itself, with the nodes up to the next layer.
  bool single_layers = false;
};

/// Cuts the graph into units that run one after the other: each unit reads
/// only graph inputs and outputs of earlier units.
///
/// A cut is possible after any node. Regions between cuts that a single value
/// crosses (single entry, single exit) are kept together if they hold several
/// layers and a branch (residual block, fire module, dense block); the layers
/// of a chain stay alone, except depthwise convolutions, which join the
/// pointwise ones around them. Element-wise nodes, pooling and shape nodes join
/// the unit whose layer's output they transform. Parallel heads of a detector
/// become units of their own.
///
/// @param graph  with shapes; the graph in which the layers were found
/// @source BRECQ (arXiv 2102.05426) section 3.2 takes blocks from the
///         definition of an architecture; here they come from any graph.
[[nodiscard]] OMPQ_API std::vector<Unit> find_units(
    const Graph& graph,
    const LayerTable& layers,
    const UnitOptions& options = {});

}  // namespace ompq
