// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Values that are quantized with one scale and zero point.
struct ActivationSite {
  /// Where quantizers are placed, in order of ValueId: each of these values is
  /// replaced by its quantized form for everything that reads it.
  std::vector<ValueId> values;
  /// The next layers downstream, ascending: those that read a value, directly
  /// or through nodes that keep its numbers (MaxPool, Reshape, ...) or, if
  /// there are none, those that read the result where it meets others. The
  /// widest of their activations is the site's width. Empty at the end of the
  /// network.
  std::vector<LayerId> layers;
};

/// What is quantized at the ends of the network.
struct ActivationSiteOptions {
  bool network_inputs = true;
  bool network_outputs = false;
};

/// The values that are quantized, in the order in which they are computed.
///
/// 1. The data input of every layer.
/// 2. Where computed tensors meet in Add, Sub or Sum: every operand, each with
///    its own scale, if the result reaches a layer.
/// 3. Where they meet in Concat: every operand, all with one scale; the result
///    is then on the same grid.
/// 4. Nodes that keep numbers as they are (MaxPool, Reshape, Flatten, Squeeze,
///    Unsqueeze, Transpose, Slice, Split, Pad with zeros, Identity, Dropout,
///    DepthToSpace, SpaceToDepth, nearest Resize, Gather of constant indices)
///    pass the quantizer to their input: it is placed once, where the numbers
///    appear.
/// 5. Never between a layer and the activation that follows it (Relu, Clip):
///    the quantizer is placed after it. The result of AveragePool,
///    GlobalAveragePool and ReduceMean has a site of its own if rule 1 to 3
///    asks for one, and then their input is quantized as well.
/// 6. Graph inputs and outputs as the options say.
///
/// Only float values that depend on a graph input are quantized.
[[nodiscard]] OMPQ_API std::vector<ActivationSite> find_activation_sites(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options = {});

}  // namespace ompq
