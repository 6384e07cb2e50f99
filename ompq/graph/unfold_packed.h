// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// Puts integers in the place of the functions that unpack them
/// (packed_functions()) and of what reshapes, cuts and scales their results:
/// codes become integer constants, weights DequantizeLinear of such.
///
/// @throws Error{InvalidModel}  sizes that do not fit; names the result
/// @throws Error{Unsupported}   an input that is not a constant of the file
[[nodiscard]] Graph unfold_packed(const Graph& graph);

}  // namespace ompq::detail
