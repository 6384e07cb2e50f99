// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// Makes constants of the codes that DequantizeLinear reads where nodes compute
/// them from constants: Cast, Sub, Reshape, Transpose, Split, ... So weights
/// that a file keeps in another form are integers like any other.
///
/// @param graph  canonical form; types and shapes not needed
[[nodiscard]] Graph fold_codes(const Graph& graph);

}  // namespace ompq::detail
