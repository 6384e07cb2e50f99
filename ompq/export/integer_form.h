// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// A graph in QDQ form as ONNX Runtime computes it: where it merges
/// QuantizeLinear and DequantizeLinear into an operator on integers, that
/// operator stands.
///
/// - Conv, Gemm, MatMul become QLinearConv, com.microsoft.QGemm, QLinearMatMul
///   or com.microsoft.MatMulIntegerToFloat; a float bias becomes int32,
///
///       code = round_half_even(bias / (input scale * weight scale)) in float32
///
/// - Add, Mul, GlobalAveragePool become com.microsoft.QLinearAdd, QLinearMul,
///   QLinearGlobalAveragePool
/// - a Relu or Clip that a quantizer repeats is gone
///
/// Other operators that ONNX Runtime runs on codes (MaxPool, Concat, Sigmoid,
/// ...) compute the same codes from floats and stay. So the engine, which
/// computes these operators as ONNX Runtime's kernels do, gives the same codes,
/// where floats would fall on either side of a tie.
///
/// @param graph  canonical form, with the type of every value, not folded
/// @source ONNX Runtime 1.30: qdq_selectors.cc, clip_quantizelinear.cc,
///         relu_quantizelinear.cc, weight_bias_quantization.cc
[[nodiscard]] OMPQ_API Graph to_integer_form(const Graph& graph);

}  // namespace ompq
