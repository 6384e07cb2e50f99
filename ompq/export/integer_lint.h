// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// How ONNX Runtime executes a node of a graph in QDQ form.
enum class Execution {
  /// On integers.
  Integer,
  /// On floats.
  Float,
  /// Not by itself: an integer kernel does its work.
  Merged,
};

/// "integer", "float", "merged".
[[nodiscard]] OMPQ_API std::string_view to_string(Execution execution);

/// What becomes of one node.
struct LintRow {
  std::string name;
  std::string op_type;
  Execution execution = Execution::Float;
  /// The operator that ONNX Runtime runs for an integer node ("QLinearConv"),
  /// otherwise why it stays float or where it goes.
  std::string reason;
};

/// One row per node, in graph order.
struct IntegerLint {
  std::vector<LintRow> rows;

  [[nodiscard]] OMPQ_API std::int64_t count(Execution execution) const;

  /// "22 nodes run on integers, 2 on floats, 67 are merged". Conversions
  /// between integers and floats count as floats.
  [[nodiscard]] OMPQ_API std::string summary() const;
};

/// Says which nodes ONNX Runtime runs on integers, by the rules by which it
/// merges QuantizeLinear and DequantizeLinear on processors of the x86 family:
///
/// - Conv between dequantized input, weight and bias and a quantized result:
///   QLinearConv
/// - Gemm: QGemm; MatMul: QLinearMatMul or, if the result is float,
///   MatMulIntegerToFloat
/// - Add, Mul, Concat, AveragePool, GlobalAveragePool, LeakyRelu, Sigmoid,
///   Softmax between dequantized inputs and a quantized result: QLinearAdd, ...
/// - MaxPool, Reshape, Slice, ... between quantizers of one grid: as they are,
///   on codes
///
/// @param graph  in QDQ form, with types; see to_fast_graph()
/// @source ONNX Runtime 1.30, qdq_selectors.cc; a test compares the rows with
///         the model that it optimized
[[nodiscard]] OMPQ_API IntegerLint lint_integers(const Graph& graph);

}  // namespace ompq
