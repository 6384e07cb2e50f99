// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The quantized network in QDQ form as ONNX Runtime merges it into integer
/// kernels (QLinearConv, QGemm, QLinearAdd, ...); lint_integers() says what
/// they are. Against to_qdq_graph():
///
/// - weights of layers that can run on integers have codes of 8 bits and one
///   zero point for all channels: int8 where no sum of two products saturates
///   16 bits, otherwise uint8
/// - their biases are int32 with the scale of input times weight:
///
///       |bias - bias'| <= input scale * weight scale / 2
///
/// - activations of up to 8 bits are uint8; codes that do not occur are limited
///   by a Clip on integers behind QuantizeLinear, and Relu or Clip in front of
///   it is gone
/// - quantizers stand again behind nodes that keep numbers (MaxPool, Reshape,
///   Concat, ...), where they change nothing; Pad works on codes
/// - a MatMul of matrices with a bias, its own or an Add behind it, is a Gemm;
///   behind other integer MatMuls an Add is a Sum
///
/// Only the rounding of biases changes what is computed. Layers that need
/// floats (input or result not quantized, scales in groups, more than 8 bits)
/// stay as to_qdq_graph() has them.
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws Error{InvalidArgument, ShapeMismatch, InvalidData}  see
///                                                             to_qdq_graph()
[[nodiscard]] OMPQ_API Graph
to_fast_graph(const Graph& float_graph, const QuantizedModel& model);

}  // namespace ompq
