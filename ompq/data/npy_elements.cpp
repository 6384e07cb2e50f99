// SPDX-License-Identifier: MIT
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/npy.h"

namespace ompq {
namespace {

/// A float16, as its bits.
struct Half {
  std::uint16_t bits;
};

float to_float(Half half) {
  const std::uint32_t sign = (half.bits & 0x8000U) << 16U;
  const std::uint32_t exponent = (half.bits >> 10U) & 0x1FU;
  const std::uint32_t mantissa = half.bits & 0x3FFU;
  constexpr std::uint32_t kSpecial = 0x1F;
  if (exponent == kSpecial) {
    return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13U);
  }
  if (exponent == 0) {
    const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
    return sign != 0 ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(
      sign | (exponent + 112U) << 23U | mantissa << 13U);
}

template <typename T>
float to_float(T value) {
  return static_cast<float>(value);
}

template <typename T>
std::int64_t to_integer(T value, const NpyArray& array) {
  OMPQ_CHECK(
      std::in_range<std::int64_t>(value),
      ErrorCode::InvalidData,
      "{}: {} is too large for a signed 64-bit integer",
      array.name,
      value);
  return static_cast<std::int64_t>(value);
}

/// Calls visit(T{}) with the C++ type of the elements.
template <typename Visitor>
auto visit_type(NpyType type, Visitor visit) {
  switch (type) {
    case NpyType::Int8:
      return visit(std::int8_t{});
    case NpyType::Int16:
      return visit(std::int16_t{});
    case NpyType::Int32:
      return visit(std::int32_t{});
    case NpyType::Int64:
      return visit(std::int64_t{});
    case NpyType::UInt8:
      return visit(std::uint8_t{});
    case NpyType::UInt16:
      return visit(std::uint16_t{});
    case NpyType::UInt32:
      return visit(std::uint32_t{});
    case NpyType::UInt64:
      return visit(std::uint64_t{});
    case NpyType::Float16:
      return visit(Half{});
    case NpyType::Float32:
      return visit(float{});
    case NpyType::Float64:
      break;
  }
  return visit(double{});
}

/// Element `index`; mapped data need not be aligned.
template <typename T>
T element(const NpyArray& array, std::int64_t index) {
  T value;
  std::memcpy(
      &value,
      array.bytes.data() + static_cast<std::size_t>(index) * sizeof(T),
      sizeof(T));
  return value;
}

}  // namespace

std::vector<float> read_floats(
    const NpyArray& array, std::int64_t first, std::int64_t count) {
  std::vector<float> floats(static_cast<std::size_t>(count));
  if (count > 0 && array.type == NpyType::Float32) {
    std::memcpy(
        floats.data(),
        array.bytes.data() + static_cast<std::size_t>(first) * sizeof(float),
        floats.size() * sizeof(float));
    return floats;
  }
  visit_type(array.type, [&]<typename T>(T) {
    for (std::int64_t i = 0; i < count; ++i) {
      floats[static_cast<std::size_t>(i)] =
          to_float(element<T>(array, first + i));
    }
  });
  return floats;
}

std::vector<std::int64_t> read_integers(const NpyArray& array) {
  OMPQ_CHECK(
      !is_floating_point(array.type),
      ErrorCode::InvalidData,
      "{}: expected integers, got {}",
      array.name,
      to_string(array.type));
  const std::int64_t count = array.element_count();
  std::vector<std::int64_t> integers(static_cast<std::size_t>(count));
  visit_type(array.type, [&]<typename T>(T) {
    if constexpr (std::is_integral_v<T>) {
      for (std::int64_t i = 0; i < count; ++i) {
        integers[static_cast<std::size_t>(i)] =
            to_integer(element<T>(array, i), array);
      }
    }
  });
  return integers;
}

}  // namespace ompq
