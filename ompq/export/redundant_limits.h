// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// Takes out every Relu and Clip that only one QuantizeLinear reads and whose
/// limits that repeats, as ONNX Runtime does:
///
/// - Relu before a zero point that is the lowest code
/// - Clip before one scale and zero point of one byte, if
///
///       min - scale (lowest - zero_point) <= epsilon
///       scale (highest - zero_point) - max <= epsilon    in float32
///
/// @param graph  canonical form, with types
[[nodiscard]] Graph without_redundant_limits(const Graph& graph);

}  // namespace ompq::detail
