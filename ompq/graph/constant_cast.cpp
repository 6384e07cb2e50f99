// SPDX-License-Identifier: MIT
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>

#include "ompq/core/error.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/half_float.h"

namespace ompq {
namespace {

/// Truncated towards zero; what does not fit is limited, a NaN becomes 0 (the
/// ONNX standard leaves both open, C++ leaves them undefined).
template <typename T>
T integer_from(double number) {
  using Limits = std::numeric_limits<T>;
  if (std::isnan(number)) {
    return 0;
  }
  if (number <= static_cast<double>(Limits::min())) {
    return Limits::min();
  }
  if (number >= static_cast<double>(Limits::max())) {
    return Limits::max();
  }
  return static_cast<T>(number);
}

template <typename T, typename In>
T convert_element(In element) {
  if constexpr (std::is_same_v<T, bool>) {
    return element != In{0};
  } else if constexpr (std::is_integral_v<T> && std::is_floating_point_v<In>) {
    return integer_from<T>(element);
  } else {
    return static_cast<T>(element);
  }
}

template <typename T, typename In>
std::vector<std::byte> store(std::span<const In> elements) {
  std::vector<std::byte> bytes(elements.size() * sizeof(T));
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const T element = convert_element<T>(elements[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &element, sizeof(T));
  }
  return bytes;
}

template <typename In>
std::vector<std::byte> store_half(
    std::span<const In> elements, std::uint16_t (*bits_from)(float)) {
  std::vector<std::byte> bytes(elements.size() * 2);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::uint16_t bits = bits_from(static_cast<float>(elements[i]));
    std::memcpy(bytes.data() + i * 2, &bits, 2);
  }
  return bytes;
}

/// The low `bits` of each integer, packed from the low bits of each byte up.
template <typename In>
std::vector<std::byte> store_packed(std::span<const In> elements, int bits) {
  const auto per_byte = static_cast<std::size_t>(8 / bits);
  std::vector<std::byte> bytes((elements.size() + per_byte - 1) / per_byte);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto number = convert_element<std::int64_t>(elements[i]);
    const auto code = static_cast<unsigned>(number) & ((1U << bits) - 1U);
    const auto shift = (i % per_byte) * static_cast<std::size_t>(bits);
    bytes[i / per_byte] |= static_cast<std::byte>(code << shift);
  }
  return bytes;
}

template <typename In>
std::vector<std::byte> store_as(DataType type, std::span<const In> elements) {
  switch (type) {
    case DataType::Float32:
      return store<float>(elements);
    case DataType::Float64:
      return store<double>(elements);
    case DataType::Bool:
      return store<bool>(elements);
    case DataType::Int8:
      return store<std::int8_t>(elements);
    case DataType::UInt8:
      return store<std::uint8_t>(elements);
    case DataType::Int16:
      return store<std::int16_t>(elements);
    case DataType::UInt16:
      return store<std::uint16_t>(elements);
    case DataType::Int32:
      return store<std::int32_t>(elements);
    case DataType::UInt32:
      return store<std::uint32_t>(elements);
    case DataType::Int64:
      return store<std::int64_t>(elements);
    case DataType::UInt64:
      return store<std::uint64_t>(elements);
    case DataType::Float16:
      return store_half(elements, &detail::half_from_float);
    case DataType::BFloat16:
      return store_half(elements, &detail::bfloat16_from_float);
    case DataType::Int4:
    case DataType::UInt4:
    case DataType::Int2:
    case DataType::UInt2:
      return store_packed(elements, bits_per_element(type));
    case DataType::Undefined:
    case DataType::String:
      break;
  }
  fail(
      ErrorCode::Unsupported,
      "[constant] cannot cast to type {} ({})",
      to_string(type),
      static_cast<int>(type));
}

}  // namespace

Constant Constant::cast(DataType type) const {
  if (type == type_) {
    return *this;
  }
  const auto from = [&](auto elements) {
    return Constant(type, shape_, store_as(type, elements));
  };
  switch (type_) {
    case DataType::Int8:
      return from(elements<std::int8_t>());
    case DataType::UInt8:
      return from(elements<std::uint8_t>());
    case DataType::Int16:
      return from(elements<std::int16_t>());
    case DataType::UInt16:
      return from(elements<std::uint16_t>());
    case DataType::Int32:
      return from(elements<std::int32_t>());
    case DataType::Float32:
      return from(elements<float>());
    default:
      break;
  }
  // Integers take a path of their own: a double holds 53 bits only. For
  // uint64 the int64 has the right bits, but not the right value as a number.
  const bool through_integers =
      !is_floating_point(type_) &&
      !(type_ == DataType::UInt64 && is_floating_point(type));
  if (through_integers) {
    const std::vector<std::int64_t> integers = to_int64();
    return from(std::span<const std::int64_t>(integers));
  }
  const std::vector<double> numbers = to_double();
  return from(std::span<const double>(numbers));
}

}  // namespace ompq
