// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "ompq/graph/constant.h"

namespace ompq {

/// Calls `visitor.operator()<T>()` with the C++ type of the elements; false if
/// the type has none (half precision, packed integers, strings).
template <typename Visitor>
bool visit_element_type(DataType type, Visitor&& visitor) {
  switch (type) {
    case DataType::Float32:
      return visitor.template operator()<float>(), true;
    case DataType::Float64:
      return visitor.template operator()<double>(), true;
    case DataType::Bool:
      return visitor.template operator()<bool>(), true;
    case DataType::Int8:
      return visitor.template operator()<std::int8_t>(), true;
    case DataType::UInt8:
      return visitor.template operator()<std::uint8_t>(), true;
    case DataType::Int16:
      return visitor.template operator()<std::int16_t>(), true;
    case DataType::UInt16:
      return visitor.template operator()<std::uint16_t>(), true;
    case DataType::Int32:
      return visitor.template operator()<std::int32_t>(), true;
    case DataType::UInt32:
      return visitor.template operator()<std::uint32_t>(), true;
    case DataType::Int64:
      return visitor.template operator()<std::int64_t>(), true;
    case DataType::UInt64:
      return visitor.template operator()<std::uint64_t>(), true;
    default:
      return false;
  }
}

/// A tensor whose element i is element_at(i), converted to T. `type` must be
/// the one of T.
template <typename T, typename Generator>
Constant generate_elements(
    DataType type, const Shape& shape, Generator&& element_at) {
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(element_count(shape)) * sizeof(T));
  const std::span<T> elements(
      reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<T>(element_at(i));
  }
  return Constant(type, shape, std::move(bytes));
}

/// T as it is computed with: narrow and signed integers as unsigned of the
/// same or a larger width, so that overflow wraps around.
template <typename T>
using Arithmetic = std::conditional_t<
    std::is_floating_point_v<T>,
    T,
    std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>>;

}  // namespace ompq
