// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// The quantized network with Quant nodes as Brevitas, QONNX, FINN and hls4ml
/// know them (domain qonnx.custom_op.general):
///
///   Quant(x, scale, zeropt, bitwidth)
///     = (round(clamp(x / scale + zeropt, lowest, highest)) - zeropt) scale
///
/// - all parameters are float32 initializers: `bitwidth` a scalar, `scale` and
///   `zeropt` scalars or of the rank of x; attributes `signed`, `narrow` = 0
///   and `rounding_mode` = "ROUND" are always written
/// - a weight becomes a float32 initializer `<weight>_rounded` of numbers that
///   are on the grid already, so that Quant changes none, and a Quant
///   `<weight>_quantized`; in groups, scale and zeropt have one entry for every
///   input
/// - a quantized value x becomes Quant `<x>_dequantized`, which every reader of
///   x and the graph's outputs read instead
/// - a grid is written signed or unsigned, whichever has zero point 0, since
///   most readers take nothing else; with 1 bit always unsigned (signed would
///   mean -1 and 1)
/// - biases stay float
///
/// The numbers are those of to_qdq_graph(). QONNX's own definition adds the
/// zero point before it rounds: an activation with a zero point other than 0
/// may there differ by one step where x / scale is within float32's error of a
/// half.
///
/// @param float_graph  canonical form with shapes, operator set 21 or later
/// @throws as to_qdq_graph()
[[nodiscard]] OMPQ_API Graph
to_qonnx_graph(const Graph& float_graph, const QuantizedModel& model);

}  // namespace ompq
