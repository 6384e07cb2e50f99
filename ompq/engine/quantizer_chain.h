// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <unordered_set>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/fake_quantize.h"

namespace ompq {

/// QuantizeLinear and DequantizeLinear of an activation, with the Relu and Clip
/// before them: one pass over memory.
struct QuantizerChain {
  /// In the order in which they run; the last is the DequantizeLinear.
  std::vector<NodeId> nodes;
  ValueId input;
  ValueId output;
  FakeQuantize settings;
};

/// Finds quantizers with one constant scale and zero point for the whole
/// tensor. Every node belongs to at most one chain.
///
/// @param graph  canonical form with types
/// @param kept   values that must appear: nothing is merged across them
/// @param taken  nodes that are merged elsewhere
[[nodiscard]] OMPQ_API std::vector<QuantizerChain> find_quantizer_chains(
    const Graph& graph,
    const std::unordered_set<ValueId>& kept,
    const std::unordered_set<NodeId>& taken = {});

/// fake_quantize() of a tensor, by all threads.
///
/// @param input  float32, any shape and order of the axes
/// @param in_place  overwrite the input, which must be dense
/// @return as the input
[[nodiscard]] OMPQ_API at::Tensor fake_quantize_tensor(
    const FakeQuantize& settings, const at::Tensor& input, bool in_place);

}  // namespace ompq
