// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/graph/graph.h"

namespace ompq {

/// Padding before and after each spatial dimension, in pixels.
struct Padding {
  Shape before;
  Shape after;
};

/// The attributes of a two-dimensional Conv, read and checked.
struct ConvolutionGeometry {
  std::string node_name;
  std::string auto_pad;
  /// [KH, KW], likewise the others.
  Shape kernel;
  Shape strides;
  Shape dilations;
  /// What the file says; only valid for auto_pad NOTSET.
  Padding padding;
  std::int64_t groups = 1;
};

/// @param weight  shape [O, I/G, KH, KW]
/// @throws Error{InvalidModel}  attributes that contradict the weight
[[nodiscard]] ConvolutionGeometry read_convolution_geometry(
    const Node& node, const Shape& weight);

/// The padding for an input of size [H, W]; auto_pad makes it depend on it.
[[nodiscard]] Padding padding_for(
    const ConvolutionGeometry& geometry, const Shape& input_size);

/// [OH, OW] = floor((input + padding - dilated kernel) / stride) + 1
///
/// @throws Error{ShapeMismatch}  the window does not fit into the padded input
[[nodiscard]] Shape output_size(
    const ConvolutionGeometry& geometry,
    const Shape& input_size,
    const Padding& padding);

}  // namespace ompq
