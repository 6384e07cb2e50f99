// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Inputs of a quantizable layer in canonical form.
inline constexpr std::size_t kWeightInput = 1;
inline constexpr std::size_t kBiasInput = 2;

/// A node with weights that is not quantized, and why.
struct SkippedNode {
  std::string name;
  std::string op_type;
  std::string reason;
};

/// Layers found in a graph.
struct QuantizableLayers {
  LayerTable layers;
  std::vector<SkippedNode> skipped;
};

/// Finds the quantizable layers: Conv, ConvTranspose, Gemm and MatMul with a
/// constant float weight, in graph order. Nodes that carry weights but cannot
/// be quantized (LSTM, a weight that is computed, a weight shared by two nodes
/// in different roles) are listed with the reason.
///
///   macs(Conv) = weights x output positions;  macs(Gemm) = weights x rows
///
/// @param graph  canonical form with shapes
[[nodiscard]] OMPQ_API QuantizableLayers
find_quantizable_layers(const Graph& graph);

}  // namespace ompq
