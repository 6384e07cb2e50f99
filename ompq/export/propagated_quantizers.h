// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq::detail {

/// Quantizers where ONNX Runtime moves them before it merges them into integer
/// kernels: behind MaxPool, Reshape, Slice, Squeeze, Transpose and Unsqueeze of
/// a DequantizeLinear, and in front of those whose result only a QuantizeLinear
/// reads. All have one scale. What the network computes stays the same: these
/// operators keep numbers, and rounding is monotone.
[[nodiscard]] OMPQ_API Graph with_propagated_quantizers(const Graph& graph);

}  // namespace ompq::detail
