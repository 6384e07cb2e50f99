// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include <dnnl.hpp>

#include "ompq/engine/convolution_geometry.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// What oneDNN has to know of a two-dimensional convolution over inputs of one
/// size; inputs and outputs are channels_last float32.
struct ConvolutionShapes {
  /// [N, I, H, W] and [N, O, OH, OW].
  Shape input;
  Shape output;
  dnnl::memory::desc source;
  dnnl::memory::desc destination;
  /// [O, I/G, KH, KW] or [G, O/G, I/G, KH, KW], in any layout.
  dnnl::memory::desc weight;
  dnnl::memory::dims strides;
  /// oneDNN counts gaps between taps: its dilation 0 is ONNX's 1.
  dnnl::memory::dims gaps;
  Padding padding;
};

/// @param weight  shape [O, I/G, KH, KW]
/// @param input   shape [N, I, H, W]
/// @throws Error{ShapeMismatch}  the window does not fit into the padded input
[[nodiscard]] ConvolutionShapes convolution_shapes(
    const ConvolutionGeometry& geometry,
    const Shape& weight,
    const Shape& input);

/// The weight [O, I/G, KH, KW] in a layout that a primitive has chosen for
/// ConvolutionShapes::weight.
[[nodiscard]] dnnl::memory packed_weight(
    const dnnl::engine& engine,
    const Constant& weight,
    const dnnl::memory::desc& layout);

}  // namespace ompq
