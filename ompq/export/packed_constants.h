// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// The input of a layer between quantized values.
struct IntegerInput {
  /// Highest code, at most 255.
  std::int32_t highest = 255;
  float scale = 1.0F;
  /// The activation whose grid it has; see ByteGrid.
  std::string origin;
};

/// Layers between quantized values, by name, and Gemm behind one: a runtime
/// that has integer kernels takes them for those. Their weights must reach it
/// as integers, or it rounds them again with scales of its own.
using IntegerInputs = std::map<std::string, IntegerInput>;

[[nodiscard]] IntegerInputs find_integer_inputs(
    const Graph& graph, const QuantizedModel& model);

/// What a packed file holds of a weight.
struct PackedConstants {
  int bits = 8;
  /// The codes above the lowest of their grid, as in the weight.
  std::vector<std::uint32_t> numbers;
  /// float32, as DequantizeLinear reads it: one, [channels], or with groups one
  /// for each group along `axis`.
  Constant scale;
  /// Unsigned, of the shape of the scale.
  Constant zero_point;
  /// Axis of the channels or of the groups; absent for one scale.
  std::optional<std::int64_t> axis;
  /// Elements of a group; 0 = no groups.
  std::int64_t group_size = 0;
  /// Zero point for all channels, int8 or uint8, of the codes that an integer
  /// kernel reads; absent: float weights.
  std::optional<Constant> base;

  /// zero point - base: by how much numbers lie above codes. int64, of the
  /// shape of the zero point.
  [[nodiscard]] Constant shift() const;
};

/// The integers and scales of a layer as a packed file holds them.
///
/// @param input  nullptr: the layer is not between quantized values
/// @throws as weight_constants()
[[nodiscard]] PackedConstants packed_constants(
    const QuantizedLayer& layer, const IntegerInput* input);

}  // namespace ompq::detail
