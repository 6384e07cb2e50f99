// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The quantized network with every weight at its exact width: uint8 bit
/// planes that model-local functions unpack in standard operators, see
/// packed_functions(). A runtime folds them when it loads the file.
///
/// - between quantized values the functions give codes, which a
/// DequantizeLinear
///   reads: a runtime merges it into an integer kernel. ONNX Runtime 1.30 would
///   round float weights there again, with scales of its own
/// - elsewhere they give float weights
/// - scales are float32 and zero points unsigned, one for each channel, or one
///   for all where they are equal; in groups, one for each group
/// - activations of up to 8 bits are uint8 as in to_fast_graph(), wider ones
///   Clip, QuantizeLinear and DequantizeLinear as in to_qdq_graph()
/// - names of nodes, inputs, outputs and computed values stay; what is added
/// has
///   short names ("w12s"), since every letter is in the file
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws as insert_quantizers()
[[nodiscard]] OMPQ_API Graph
to_packed_graph(const Graph& float_graph, const QuantizedModel& model);

}  // namespace ompq
