// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// What ONNX Runtime makes of a node that computes floats in a graph in QDQ
/// form.
struct IntegerFusion {
  /// The operator that runs on integers; empty if the node stays float.
  std::string kernel;
  /// Why it stays float.
  std::string obstacle;
  /// The DequantizeLinear and QuantizeLinear nodes that vanish in it.
  std::vector<NodeId> merged;
};

/// @param node  no QuantizeLinear or DequantizeLinear
[[nodiscard]] IntegerFusion find_integer_fusion(
    const Graph& graph, const Node& node);

/// True for a Gemm whose sums are those of its codes: its first input is
/// neither transposed nor scaled.
[[nodiscard]] bool has_integer_sums(const Node& gemm);

}  // namespace ompq::detail
