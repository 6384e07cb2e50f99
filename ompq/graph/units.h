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
  /// Largest number of layers of a unit, at least 1. Regions with more are cut
  /// inside, at the places where fewest values cross.
  int max_layers = 8;
  /// Every layer by itself, with nodes around it that are no layers.
  bool single_layers = false;
};

/// Cuts the graph into units that run one after the other: each unit reads
/// only graph inputs and outputs of earlier units.
///
/// The cuts are those with the least sum over units of
///
///   max(0, inputs - 1) + max(0, outputs - 1)
///
/// and among these those with most units. So a region with a single entry, a
/// single exit and branches (residual block, dense block, heads that meet in a
/// Concat) is one unit, whatever passes it by; the layers of a chain and
/// parallel heads stay alone. Then are joined: depthwise convolutions and the
/// pointwise ones around them, a squeezing convolution and the branches that
/// read it (fire module), a gate and what it scales (squeeze-and-excitation).
///
/// Element-wise nodes, pooling and shape nodes go with the layer whose output
/// they transform; pooling over all positions goes with what stands after it,
/// so that a unit's output still has positions. Every unit has a layer, unless
/// the graph has none: then it is one unit.
///
/// @param graph  with shapes; the graph in which the layers were found
/// @throws Error{InvalidArgument}  max_layers is less than 1
/// @source BRECQ (arXiv 2102.05426) section 3.2 takes blocks from the
///         definition of an architecture; here they come from any graph.
[[nodiscard]] OMPQ_API std::vector<Unit> find_units(
    const Graph& graph,
    const LayerTable& layers,
    const UnitOptions& options = {});

}  // namespace ompq
