// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// How a window moves over the spatial axes of an input, with auto_pad,
/// ceil_mode, output_shape and defaults resolved: one entry a spatial axis.
struct WindowGeometry {
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilations;
  std::vector<std::int64_t> pads_begin;
  /// Padding after the input. With ceil_mode the last window may reach beyond
  /// it.
  std::vector<std::int64_t> pads_end;
  /// ConvTranspose only: added to the end of the output.
  std::vector<std::int64_t> output_padding;
  /// Size of the output.
  std::vector<std::int64_t> output;
};

/// Geometry of a Conv node with input 0 [N, C, D...] and weight [O, C/G, K...].
///
///   output = floor((D + pads - dilation (K - 1) - 1) / stride) + 1
///
/// SAME_UPPER and SAME_LOWER: output = ceil(D / stride), the odd element of
/// the padding at the end or at the beginning.
///
/// @throws Error{ShapeMismatch}  ranks or lengths differ, or the window is
///                               larger than the padded input
[[nodiscard]] OMPQ_API WindowGeometry conv_geometry(const NodeFacts& facts);

/// Geometry of AveragePool and MaxPool. With ceil_mode the division rounds up,
/// but the last window must start inside the input or its left padding.
[[nodiscard]] OMPQ_API WindowGeometry pool_geometry(const NodeFacts& facts);

/// Geometry of ConvTranspose with weight [C, O/G, K...].
///
///   output = stride (D - 1) + output_padding + dilation (K - 1) + 1 - pads
///
/// With `output_shape` the padding follows from the formula.
[[nodiscard]] OMPQ_API WindowGeometry
conv_transpose_geometry(const NodeFacts& facts);

}  // namespace ompq
