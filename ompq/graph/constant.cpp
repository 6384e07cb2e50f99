// SPDX-License-Identifier: MIT
#include "ompq/graph/constant.h"

#include <cstring>
#include <type_traits>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/half_float.h"

namespace ompq {
namespace {

template <typename T>
constexpr DataType type_of() {
  if constexpr (std::is_same_v<T, float>) return DataType::Float32;
  if constexpr (std::is_same_v<T, double>) return DataType::Float64;
  if constexpr (std::is_same_v<T, bool>) return DataType::Bool;
  if constexpr (std::is_same_v<T, std::int8_t>) return DataType::Int8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return DataType::UInt8;
  if constexpr (std::is_same_v<T, std::int16_t>) return DataType::Int16;
  if constexpr (std::is_same_v<T, std::uint16_t>) return DataType::UInt16;
  if constexpr (std::is_same_v<T, std::int32_t>) return DataType::Int32;
  if constexpr (std::is_same_v<T, std::uint32_t>) return DataType::UInt32;
  if constexpr (std::is_same_v<T, std::int64_t>) return DataType::Int64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return DataType::UInt64;
}

std::uint64_t bytes_for(DataType type, std::int64_t count) {
  OMPQ_CHECK(
      count < (std::int64_t{1} << 56),
      ErrorCode::InvalidModel,
      "[constant] a tensor of {} elements is larger than any memory",
      count);
  const auto bits = static_cast<std::uint64_t>(bits_per_element(type));
  const auto elements = static_cast<std::uint64_t>(count);
  return bits >= 8 ? elements * (bits / 8) : (elements * bits + 7) / 8;
}

/// Element `index` of elements of 4 or 2 bits, first element in the low bits.
int packed_element(
    std::span<const std::byte> bytes, std::size_t index, int bits, bool sign) {
  const auto per_byte = static_cast<std::size_t>(8 / bits);
  const int shift = static_cast<int>(index % per_byte) * bits;
  const int code =
      (static_cast<int>(bytes[index / per_byte]) >> shift) & ((1 << bits) - 1);
  return sign && code >= (1 << (bits - 1)) ? code - (1 << bits) : code;
}

template <typename Out, typename In>
std::vector<Out> convert(std::span<const In> elements) {
  std::vector<Out> result;
  result.reserve(elements.size());
  for (const In element : elements) {
    result.push_back(static_cast<Out>(element));
  }
  return result;
}

template <typename Out>
std::vector<Out> unpack(const Constant& constant) {
  const DataType type = constant.type();
  const bool sign = type == DataType::Int4 || type == DataType::Int2;
  const int bits = bits_per_element(type);
  std::vector<Out> result(static_cast<std::size_t>(constant.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] =
        static_cast<Out>(packed_element(constant.bytes(), i, bits, sign));
  }
  return result;
}

template <typename Out>
std::vector<Out> convert_integers(const Constant& constant) {
  switch (constant.type()) {
    case DataType::Bool:
      return convert<Out>(constant.elements<bool>());
    case DataType::Int8:
      return convert<Out>(constant.elements<std::int8_t>());
    case DataType::UInt8:
      return convert<Out>(constant.elements<std::uint8_t>());
    case DataType::Int16:
      return convert<Out>(constant.elements<std::int16_t>());
    case DataType::UInt16:
      return convert<Out>(constant.elements<std::uint16_t>());
    case DataType::Int32:
      return convert<Out>(constant.elements<std::int32_t>());
    case DataType::UInt32:
      return convert<Out>(constant.elements<std::uint32_t>());
    case DataType::Int64:
      return convert<Out>(constant.elements<std::int64_t>());
    case DataType::UInt64:
      return convert<Out>(constant.elements<std::uint64_t>());
    case DataType::Int4:
    case DataType::UInt4:
    case DataType::Int2:
    case DataType::UInt2:
      return unpack<Out>(constant);
    default:
      break;
  }
  fail(
      ErrorCode::InvalidModel,
      "[constant] expected a tensor of integers, got {} of shape {}",
      to_string(constant.type()),
      to_string(constant.shape()));
}

/// Bits of the elements of a tensor of float16 or bfloat16.
std::vector<std::uint16_t> half_bits(const Constant& constant) {
  std::vector<std::uint16_t> bits(static_cast<std::size_t>(constant.size()));
  if (!bits.empty()) {
    std::memcpy(bits.data(), constant.bytes().data(), bits.size() * 2);
  }
  return bits;
}

}  // namespace

Constant::Constant(DataType type, Shape shape, std::vector<std::byte> bytes)
    : type_(type), shape_(std::move(shape)), size_(element_count(shape_)) {
  const std::uint64_t expected = bytes_for(type_, size_);
  OMPQ_CHECK(
      bytes.size() == expected,
      ErrorCode::ShapeMismatch,
      "[constant] {} of shape {} takes {} bytes, got {}",
      to_string(type_),
      to_string(shape_),
      expected,
      bytes.size());
  bytes_ = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
}

template <typename T>
Constant Constant::from(const std::vector<T>& elements, Shape shape) {
  std::vector<std::byte> bytes(elements.size() * sizeof(T));
  if constexpr (std::is_same_v<T, bool>) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      bytes[i] = elements[i] ? std::byte{1} : std::byte{0};
    }
  } else if (!elements.empty()) {
    std::memcpy(bytes.data(), elements.data(), bytes.size());
  }
  return Constant(type_of<T>(), std::move(shape), std::move(bytes));
}

template <typename T>
std::span<const T> Constant::elements() const {
  OMPQ_CHECK(
      type_ == type_of<T>(),
      ErrorCode::InvalidModel,
      "[constant] expected a tensor of type {}, got {} of shape {}",
      to_string(type_of<T>()),
      to_string(type_),
      to_string(shape_));
  return {
      reinterpret_cast<const T*>(bytes_->data()),
      static_cast<std::size_t>(size_)};
}

std::vector<std::int64_t> Constant::to_int64() const {
  return convert_integers<std::int64_t>(*this);
}

std::vector<double> Constant::to_double() const {
  if (type_ == DataType::Float32) {
    return convert<double>(elements<float>());
  }
  if (type_ == DataType::Float64) {
    return convert<double>(elements<double>());
  }
  if (type_ == DataType::Float16 || type_ == DataType::BFloat16) {
    const bool is_half = type_ == DataType::Float16;
    std::vector<double> result;
    result.reserve(static_cast<std::size_t>(size_));
    for (const std::uint16_t bits : half_bits(*this)) {
      result.push_back(
          is_half ? detail::float_from_half(bits)
                  : detail::float_from_bfloat16(bits));
    }
    return result;
  }
  return convert_integers<double>(*this);
}

Constant Constant::reshaped(Shape shape) const {
  OMPQ_CHECK(
      element_count(shape) == size_,
      ErrorCode::ShapeMismatch,
      "[constant] shape {} cannot become {}: the numbers of elements differ",
      to_string(shape_),
      to_string(shape));
  Constant result = *this;
  result.shape_ = std::move(shape);
  return result;
}

#define OMPQ_INSTANTIATE(T)                                                   \
  template OMPQ_API Constant Constant::from<T>(const std::vector<T>&, Shape); \
  template OMPQ_API std::span<const T> Constant::elements<T>() const;

OMPQ_INSTANTIATE(float)
OMPQ_INSTANTIATE(double)
OMPQ_INSTANTIATE(bool)
OMPQ_INSTANTIATE(std::int8_t)
OMPQ_INSTANTIATE(std::uint8_t)
OMPQ_INSTANTIATE(std::int16_t)
OMPQ_INSTANTIATE(std::uint16_t)
OMPQ_INSTANTIATE(std::int32_t)
OMPQ_INSTANTIATE(std::uint32_t)
OMPQ_INSTANTIATE(std::int64_t)
OMPQ_INSTANTIATE(std::uint64_t)

#undef OMPQ_INSTANTIATE

}  // namespace ompq
