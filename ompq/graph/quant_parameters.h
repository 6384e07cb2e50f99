// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"

namespace ompq::detail {

/// What the constant inputs and the attributes of a Quant node of QONNX say:
///
///   code  = round_half_even(clamp(x / scale + zero_point, lowest, highest))
///   value = (code - zero_point) scale
///
/// @source QONNX's definition of Quant
struct QuantParameters {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  /// Float32; it broadcasts against x.
  Constant scale;
  /// Int64, of the shape of `scale`.
  Constant zero_point;
};

/// Reads a Quant or IntQuant node. A missing `signed` is 1, a missing `narrow`
/// 0, a missing `rounding_mode` ROUND.
///
/// @param widest  widest grid that is possible here, in bits
/// @throws Error{InvalidModel}  inputs are missing or have values that make no
///                              sense; names node, input and value
/// @throws Error{Unsupported}   a parameter is computed; another rounding mode
///                              than ROUND and HALF_EVEN; more bits than
///                              `widest`; a zero point that is not whole
[[nodiscard]] QuantParameters read_quant_parameters(
    const Graph& graph, const Node& node, std::int64_t widest);

/// Reads the scale of a BipolarQuant node; codes are -1 and 1.
///
/// @throws as read_quant_parameters()
[[nodiscard]] QuantParameters read_bipolar_parameters(
    const Graph& graph, const Node& node);

/// True if both codes of a bipolar grid, -1 and 1, are meant: QONNX runs a
/// signed Quant of one bit so.
[[nodiscard]] bool is_bipolar(const Graph& graph, const Node& node);

/// Scale and zero point as QuantizeLinear and DequantizeLinear read them.
struct LinearParameters {
  Constant scale;
  /// Of the type that holds the codes.
  Constant zero_point;
  /// Axis of the scales or of the blocks, counted from the end (-1 is the
  /// last); absent for one scale.
  std::optional<std::int64_t> axis;
  /// Elements of a block; 0 = one scale for each slice along the axis.
  std::int64_t block_size = 0;
};

/// The smallest integer type that holds the codes and the zero points.
///
/// @param is_constant  x is one; its codes may be int32
/// @throws Error{Unsupported}  none does; names the node
[[nodiscard]] DataType container_of(
    const QuantParameters& parameters, const Node& node, bool is_constant);

/// The parameters of every element of x.
///
/// @param shape  of x; the parameters broadcast to it
[[nodiscard]] QuantParameters stretched(
    const QuantParameters& parameters, const Shape& shape);

/// The plainest form that says the same: one scale, one for each slice along an
/// axis or, for a shape that is known, blocks along an axis.
///
/// @param shape  of x, if it is known
/// @throws Error{ShapeMismatch}  the parameters do not broadcast to `shape`
/// @throws Error{Unsupported}    scales or zero points change along more than
///                               one axis and `shape` is absent
[[nodiscard]] LinearParameters linear_parameters(
    const QuantParameters& parameters,
    const std::optional<Shape>& shape,
    const Node& node);

}  // namespace ompq::detail
