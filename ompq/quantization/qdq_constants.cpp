// SPDX-License-Identifier: MIT
#include "ompq/quantization/qdq_constants.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/core/units.h"

namespace ompq::detail {
namespace {

constexpr int kWordBits = 16;

template <typename Code>
Constant convert_codes(std::span<const std::int32_t> codes, Shape shape) {
  std::vector<Code> elements;
  elements.reserve(codes.size());
  for (const std::int32_t code : codes) {
    elements.push_back(static_cast<Code>(code));
  }
  return Constant::from<Code>(elements, std::move(shape));
}

void check_on_grid(
    const IntegerGrid& grid,
    std::span<const std::int32_t> codes,
    std::string_view what,
    const std::string& layer) {
  const auto outside = std::ranges::find_if(codes, [&](std::int32_t code) {
    return code < grid.lowest() || code > grid.highest();
  });
  OMPQ_CHECK(
      outside == codes.end(),
      ErrorCode::InvalidData,
      "[quantization] layer '{}': the {} {} is outside the grid {} to {}",
      layer,
      what,
      *outside,
      grid.lowest(),
      grid.highest());
}

/// Number of groups along the group axis; 1 without groups.
std::int64_t group_count(const QuantizedWeight& weight) {
  if (weight.group_size == 0) {
    return 1;
  }
  const std::int64_t size =
      weight.shape[static_cast<std::size_t>(weight.group_axis)];
  return (size + weight.group_size - 1) / weight.group_size;
}

void check_axes(const QuantizedWeight& weight, const std::string& layer) {
  const auto rank = static_cast<std::int64_t>(weight.shape.size());
  const bool has_groups = weight.group_size != 0;
  OMPQ_CHECK(
      weight.axis >= 0 && weight.axis < rank && weight.group_size >= 0 &&
          (!has_groups || (weight.group_axis >= 0 && weight.group_axis < rank &&
                           weight.group_axis != weight.axis)),
      ErrorCode::ShapeMismatch,
      "[quantization] layer '{}': a weight of shape {} has no axis {} or no "
      "groups of {} along axis {}",
      layer,
      to_string(weight.shape),
      weight.axis,
      weight.group_size,
      weight.group_axis);
}

void check_weight(const QuantizedWeight& weight, const std::string& layer) {
  check_axes(weight, layer);
  const std::int64_t scales =
      weight.shape[static_cast<std::size_t>(weight.axis)] * group_count(weight);
  const auto is_size = [](const auto& elements, std::int64_t size) {
    return static_cast<std::int64_t>(elements.size()) == size;
  };
  OMPQ_CHECK(
      is_size(weight.codes, element_count(weight.shape)) &&
          is_size(weight.scales, scales) && is_size(weight.zero_points, scales),
      ErrorCode::ShapeMismatch,
      "[quantization] layer '{}': a weight of shape {} needs {} codes, {} "
      "scales and as many zero points; got {}, {} and {}",
      layer,
      to_string(weight.shape),
      element_count(weight.shape),
      scales,
      weight.codes.size(),
      weight.scales.size(),
      weight.zero_points.size());
  check_on_grid(weight.grid, weight.codes, "code", layer);
  check_on_grid(weight.grid, weight.zero_points, "zero point", layer);
  const auto wrong = std::ranges::find_if(weight.scales, [](float scale) {
    return !std::isfinite(scale) || scale <= 0.0F;
  });
  OMPQ_CHECK(
      wrong == weight.scales.end(),
      ErrorCode::InvalidData,
      "[quantization] layer '{}': the scale {} is not positive and finite",
      layer,
      *wrong);
}

/// Index into the scales for each element of the tensor of scales that
/// DequantizeLinear reads: the weight's shape with groups for elements along
/// the group axis.
std::vector<std::size_t> blocked_scale_indices(
    const QuantizedWeight& weight, const Shape& shape) {
  const std::int64_t groups = group_count(weight);
  std::vector<std::size_t> indices;
  std::vector<std::int64_t> position(shape.size(), 0);
  const std::int64_t count = element_count(shape);
  for (std::int64_t i = 0; i < count; ++i) {
    indices.push_back(static_cast<std::size_t>(
        position[static_cast<std::size_t>(weight.axis)] * groups +
        position[static_cast<std::size_t>(weight.group_axis)]));
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      if (++position[axis] < shape[axis]) {
        break;
      }
      position[axis] = 0;
    }
  }
  return indices;
}

/// The elements at `indices`.
template <typename Element>
std::vector<Element> gather(
    const std::vector<Element>& elements,
    const std::vector<std::size_t>& indices) {
  std::vector<Element> gathered;
  gathered.reserve(indices.size());
  for (const std::size_t index : indices) {
    gathered.push_back(elements[index]);
  }
  return gathered;
}

template <typename Element>
bool is_uniform(const std::vector<Element>& elements) {
  return std::ranges::all_of(
      elements, [&](Element element) { return element == elements.front(); });
}

}  // namespace

DataType container_of(const IntegerGrid& grid) {
  OMPQ_CHECK(
      grid.bits >= 1 && grid.bits <= kWordBits,
      ErrorCode::Unsupported,
      "[quantization] a grid of {} bits; 1 to {} are possible",
      grid.bits,
      kWordBits);
  if (grid.bits <= kBitsPerByte) {
    return grid.is_signed ? DataType::Int8 : DataType::UInt8;
  }
  return grid.is_signed ? DataType::Int16 : DataType::UInt16;
}

std::optional<IntegerGrid> grid_of(DataType type) {
  switch (type) {
    case DataType::UInt2:
    case DataType::UInt4:
    case DataType::UInt8:
    case DataType::UInt16:
      return IntegerGrid{.bits = bits_per_element(type), .is_signed = false};
    case DataType::Int2:
    case DataType::Int4:
    case DataType::Int8:
    case DataType::Int16:
      return IntegerGrid{.bits = bits_per_element(type), .is_signed = true};
    default:
      return std::nullopt;
  }
}

bool is_narrower_than_container(const IntegerGrid& grid) {
  return grid.bits != bits_per_element(container_of(grid));
}

Constant code_constant(
    const IntegerGrid& grid, std::span<const std::int32_t> codes, Shape shape) {
  switch (container_of(grid)) {
    case DataType::Int8:
      return convert_codes<std::int8_t>(codes, std::move(shape));
    case DataType::UInt8:
      return convert_codes<std::uint8_t>(codes, std::move(shape));
    case DataType::Int16:
      return convert_codes<std::int16_t>(codes, std::move(shape));
    default:
      return convert_codes<std::uint16_t>(codes, std::move(shape));
  }
}

bool is_same_weight(const QuantizedWeight& a, const QuantizedWeight& b) {
  return a.grid == b.grid && a.codes == b.codes && a.shape == b.shape &&
         a.axis == b.axis && a.group_size == b.group_size &&
         a.group_axis == b.group_axis && a.scales == b.scales &&
         a.zero_points == b.zero_points;
}

void check_parameters(const QuantizedActivation& activation) {
  const auto& [scale, zero_point] = activation.parameters;
  OMPQ_CHECK(
      std::isfinite(scale) && scale > 0.0F &&
          zero_point >= activation.grid.lowest() &&
          zero_point <= activation.grid.highest(),
      ErrorCode::InvalidData,
      "[quantization] value '{}': scale {} or zero point {} is not possible "
      "for codes from {} to {}",
      activation.value,
      scale,
      zero_point,
      activation.grid.lowest(),
      activation.grid.highest());
}

WeightConstants weight_constants(
    const QuantizedWeight& weight, const std::string& layer) {
  check_weight(weight, layer);
  const bool has_zero_point = std::ranges::any_of(
      weight.zero_points, [](std::int32_t zero) { return zero != 0; });
  std::vector<float> scales = weight.scales;
  std::vector<std::int32_t> zeros = weight.zero_points;
  std::optional<std::int64_t> axis;
  std::int64_t block_size = 0;
  Shape shape;
  if (group_count(weight) > 1) {
    shape = weight.shape;
    shape[static_cast<std::size_t>(weight.group_axis)] = group_count(weight);
    const auto indices = blocked_scale_indices(weight, shape);
    scales = gather(scales, indices);
    zeros = gather(zeros, indices);
    axis = weight.group_axis;
    block_size = weight.group_size;
  } else if (is_uniform(scales) && is_uniform(zeros)) {
    scales.erase(scales.begin() + 1, scales.end());
    zeros.erase(zeros.begin() + 1, zeros.end());
  } else {
    shape = {static_cast<std::int64_t>(scales.size())};
    axis = weight.axis;
  }
  return {
      .codes = code_constant(weight.grid, weight.codes, weight.shape),
      .scale = Constant::from<float>(scales, shape),
      .zero_point = has_zero_point ? std::optional(code_constant(
                                         weight.grid, zeros, shape))
                                   : std::nullopt,
      .axis = axis,
      .block_size = block_size};
}

}  // namespace ompq::detail
