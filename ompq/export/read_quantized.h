// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// A quantized network taken apart: insert_quantizers() puts it together.
struct QuantizedNetwork {
  /// The network without quantizers. Its weights are those that the integers
  /// stand for.
  Graph graph;
  QuantizedModel model;
  /// Layers whose weights are not integers in the file.
  std::vector<std::string> float_layers;
};

/// Finds the integers of a network in QDQ form: weights behind DequantizeLinear
/// of constants, activations between QuantizeLinear and DequantizeLinear, with
/// the Clip that narrows their grid. Files of ompq and ordinary QDQ models
/// alike.
///
/// A weight gets the smallest unsigned grid that holds its integers, with zero
/// points in each channel such that the real numbers stay:
///
///   bits = ceil(log2(1 + max over channels of (max(r, 0) - min(r, 0)))),
///   r = code - zero_point;   code' = r - min(r, 0)
///
/// or those that it has if they lie on that grid; so the width is that of the
/// plan whatever container the file used, or less if a plan's width was not
/// needed.
///
/// @param graph  canonical form, shapes not needed; from canonicalize()
/// @throws Error{Unsupported}   a value is quantized in two ways, an activation
///                              for each channel by itself; names it
/// @throws Error{InvalidModel, InvalidData}  scales or codes that do not fit
[[nodiscard]] OMPQ_API QuantizedNetwork
take_quantizers_out(const Graph& graph, const ShapeOptions& options = {});

}  // namespace ompq
