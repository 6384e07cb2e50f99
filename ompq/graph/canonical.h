// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// The operator set in which every later stage reads nodes. Whatever form an
/// operator had in the file (opset 7 to 25), after canonicalize() it has the
/// form of this version: axes, pads, splits, limits are inputs as in opset 21.
/// (Operators that came later keep their form; a graph that uses one states the
/// operator set that introduced it.)
inline constexpr std::int64_t kCanonicalOpset = 21;

/// Rewrites every node into its canonical form, so that shape inference, the
/// engine and the exporters know one form per operator only.
///
/// - attributes that became inputs become constant inputs (Slice, Pad, Clip,
///   Squeeze, Unsqueeze, Split, TopK, the Reduce family, ...);
/// - Upsample becomes Resize (asymmetric, floor for nearest);
/// - Softmax and LogSoftmax before opset 13 (matrix semantics) become Flatten,
///   Softmax over the last axis, Reshape, unless the axis is the last one;
/// - Dropout in inference and Identity disappear;
/// - BatchNormalization has its inference form; outputs that only training
///   needs and nothing reads are dropped;
/// - GroupNormalization before opset 21 (scale per group) becomes Reshape,
///   InstanceNormalization, Reshape;
/// - weights and codes that packed files unpack (packed_functions()) become
///   integer constants, with DequantizeLinear where they were weights;
/// - codes that DequantizeLinear reads are constants where they can be;
/// - Quant, IntQuant and BipolarQuant of QONNX become QuantizeLinear and
///   DequantizeLinear (a constant's codes and DequantizeLinear only);
/// - float16 and bfloat16 values, constants and casts become float32.
///
/// @throws Error{Unsupported}  operators that ompq does not know: names all of
///                             them, how many of each, and a node; nodes in
///                             training mode
/// @throws Error{InvalidModel} an attribute or input is missing, or has the
///                             wrong type
[[nodiscard]] OMPQ_API Graph canonicalize(const Graph& graph);

}  // namespace ompq
