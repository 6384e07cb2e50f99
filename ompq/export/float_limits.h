// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// Puts a Clip of floats before a QuantizeLinear in the place of a Clip of its
/// codes:
///
///   low = (lowest - zero_point) scale,  high = (highest - zero_point) scale
///
/// Rounding is monotone, so that the codes stay the same. What quantizes a
/// value is QuantizeLinear and DequantizeLinear only, then.
///
/// @param graph  canonical form; types and shapes not needed
[[nodiscard]] Graph with_float_limits(const Graph& graph);

}  // namespace ompq::detail
