// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The quantized network in QDQ form with every weight, and its zero points, in
/// the smallest integer type of ONNX that holds its grid:
///
///   1, 2 bits: uint2, int2;  3, 4 bits: uint4, int4;
///   5 to 8 bits: uint8, int8;  9 to 16 bits: uint16, int16
///
/// Between quantized values (activations of up to 8 bits) integer kernels of
/// ONNX Runtime want bytes and one zero point for all channels: there 1 to 4
/// bits are unsigned numbers, of which Cast and Sub make such codes, and 5 to 8
/// bits are such codes. A runtime folds the nodes when it loads the file.
/// Elsewhere weights of 2 bits lie behind a Reshape, without which ONNX
/// Runtime 1.30 makes an invalid QLinearConv of them.
///
/// It computes what to_qdq_graph() computes, to the last bit; activations of up
/// to 8 bits are uint8 as in to_fast_graph(), all else as there. The operator
/// set of the graph stays, except that types of 2 bits raise it to 25; no
/// operator of the canonical form changed its meaning between 21 and 25.
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws Error{InvalidArgument, ShapeMismatch, InvalidData}  see
///                                                             to_qdq_graph()
[[nodiscard]] OMPQ_API Graph
to_compact_graph(const Graph& float_graph, const QuantizedModel& model);

}  // namespace ompq
