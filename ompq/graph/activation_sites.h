// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Least width of what no layer reads itself.
inline constexpr int kOperandBits = 8;

/// Values that are quantized with one scale and zero point.
struct ActivationSite {
  /// Where quantizers are placed, in order of ValueId: each of these values is
  /// replaced by its quantized form for everything that reads it.
  std::vector<ValueId> values;
  /// The next layers downstream, ascending: those that read a value, directly
  /// or through nodes that keep its numbers (rule 4, Concat of rule 3); if
  /// there are none, those that so read what the next other nodes (Add, Relu,
  /// GlobalAveragePool, ...) make of it, and so on. Of the widest of
  /// their activations bits() makes the site's width. Empty at the end of the
  /// network.
  std::vector<LayerId> layers;
  /// These read the site's numbers themselves. False for what is only added,
  /// pooled, ... before a layer reads it: its width is not less than
  /// kOperandBits.
  bool is_read_by_layers = false;

  /// The width of the site where `widest` is that of its layers: operands of
  /// Add, pooling, ... gain nothing below a byte, which is what runtimes add
  /// in.
  [[nodiscard]] int bits(int widest) const {
    return is_read_by_layers ? widest : std::max(widest, kOperandBits);
  }
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
///    its own scale, if these rules quantize the result, or what Relu or Clip
///    make of it, and an integer runtime has an operand in integers: it comes
///    from a layer (through Relu, Clip, pooling, Concat, Add and nodes of rule
///    4) or is quantized by another rule. Sums inside a normalization or a
///    gate, and those that only float nodes read (LayerNormalization, Softmax,
///    Mul), stay float.
/// 3. Where they meet in Concat: every operand, all with one scale, if these
///    rules quantize the result, which is then on the same grid. If an operand
///    is constant, or a network input that is not quantized, the result has a
///    quantizer of its own instead.
/// 4. Nodes that keep numbers as they are (MaxPool, GlobalMaxPool, ReduceMax,
///    ReduceMin, Reshape, Flatten, Squeeze, Unsqueeze, Transpose, Slice, Split,
///    Expand, Tile, Pad with zeros or copies, Identity, Dropout, DepthToSpace,
///    SpaceToDepth, nearest Resize, Gather, GatherElements, GatherND,
///    ReverseSequence, Trilu) pass the quantizer to their input: it is placed
///    once, where the numbers appear.
/// 5. Never between a layer and the activation that follows it (Relu, Clip)
///    unless others read the layer's result, too: the quantizer is placed after
///    the activation. The result of AveragePool, GlobalAveragePool and
///    ReduceMean has a site of its own if rule 1 to 3 asks for one, and then
///    their input is quantized as well.
/// 6. Graph inputs and outputs as the options say. Where inputs are not
///    quantized, nodes that only keep their numbers are not either.
///
/// Only float values whose numbers depend on a graph input are quantized. No
/// value is in two sites: values that two Concats link share one.
///
/// @param graph  with types; the graph in which the layers were found
/// @source ONNX Runtime runs QLinearConv, QLinearAdd, QLinearConcat and
///         QLinearGlobalAveragePool where inputs and result are quantized, and
///         MaxPool, Reshape, ... on integers as they are.
[[nodiscard]] OMPQ_API std::vector<ActivationSite> find_activation_sites(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options = {});

}  // namespace ompq
