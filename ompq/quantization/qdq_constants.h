// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// The ONNX type that holds the codes of a grid.
///
/// @throws Error{Unsupported}  fewer than 1 or more than 16 bits
[[nodiscard]] DataType container_of(const IntegerGrid& grid);

/// The grid that is a whole integer type of 2 to 16 bits; absent for others.
[[nodiscard]] OMPQ_API std::optional<IntegerGrid> grid_of(DataType type);

/// True if the container holds more codes than the grid.
[[nodiscard]] bool is_narrower_than_container(const IntegerGrid& grid);

/// Codes as a constant of the grid's container.
[[nodiscard]] Constant code_constant(
    const IntegerGrid& grid, std::span<const std::int32_t> codes, Shape shape);

/// A weight as DequantizeLinear reads it.
struct WeightConstants {
  Constant codes;
  Constant scale;
  /// Absent if every zero point is 0.
  std::optional<Constant> zero_point;
  /// Axis of the scales, or of the blocks; absent for one scale.
  std::optional<std::int64_t> axis;
  /// Elements of a block; 0 = one scale per slice along the axis.
  std::int64_t block_size = 0;
};

/// True if both are the same numbers.
[[nodiscard]] bool is_same_weight(
    const QuantizedWeight& a, const QuantizedWeight& b);

/// @throws Error{InvalidData}  scale or zero point are not possible; names the
///                             value
void check_parameters(const QuantizedActivation& activation);

/// @param layer  name of the layer, for errors
/// @throws Error{ShapeMismatch, InvalidData}  see to_qdq_graph()
[[nodiscard]] WeightConstants weight_constants(
    const QuantizedWeight& weight, const std::string& layer);

}  // namespace ompq::detail
