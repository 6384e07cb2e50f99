// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Element type of a value, numbered as in ONNX TensorProto.DataType.
enum class DataType : std::int32_t {
  Undefined = 0,
  Float32 = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Float64 = 11,
  UInt32 = 12,
  UInt64 = 13,
  BFloat16 = 16,
  UInt4 = 21,
  Int4 = 22,
  UInt2 = 25,
  Int2 = 26,
};

/// Lower-case name: "float32", "int64", "bool", ...
[[nodiscard]] OMPQ_API std::string_view to_string(DataType type);

/// Bits of one element in memory: 32 for Float32, 8 for Bool, 4 for Int4, ...
///
/// @throws Error{Unsupported}  Undefined or String
[[nodiscard]] OMPQ_API int bits_per_element(DataType type);

/// True for the types whose elements are floating-point numbers.
[[nodiscard]] OMPQ_API bool is_floating_point(DataType type);

/// Sizes of a tensor's dimensions, outermost first; empty for a scalar.
using Shape = std::vector<std::int64_t>;

/// Product of the dimensions; 1 for a scalar.
///
/// @throws Error{InvalidModel}  a dimension is negative or the product does
///                              not fit into 62 bits
[[nodiscard]] OMPQ_API std::int64_t element_count(const Shape& shape);

/// "[64, 3, 7, 7]"
[[nodiscard]] OMPQ_API std::string to_string(const Shape& shape);

/// An immutable tensor: type, shape and row-major little-endian bytes. Copies
/// share the bytes. Elements of 4 and 2 bits are packed as in ONNX, first
/// element in the low bits.
class OMPQ_API Constant {
 public:
  /// @throws Error{ShapeMismatch}  the number of bytes does not fit the shape
  Constant(DataType type, Shape shape, std::vector<std::byte> bytes);

  /// A tensor of the elements given; T is float, double, bool or a fixed-width
  /// integer.
  template <typename T>
  [[nodiscard]] static Constant from(
      const std::vector<T>& elements, Shape shape);

  /// A scalar, shape [].
  template <typename T>
  [[nodiscard]] static Constant scalar(T element) {
    return from<T>(std::vector<T>{element}, {});
  }

  [[nodiscard]] DataType type() const { return type_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return *bytes_; }

  /// The elements without a copy; T must be the element type exactly.
  template <typename T>
  [[nodiscard]] std::span<const T> elements() const;

  /// The elements converted to int64 (any integer type or bool) or double (any
  /// numeric type, also float16, bfloat16 and packed integers).
  [[nodiscard]] std::vector<std::int64_t> to_int64() const;
  [[nodiscard]] std::vector<double> to_double() const;

  /// The same elements with another type, values converted as by ONNX Cast.
  [[nodiscard]] Constant cast(DataType type) const;

  /// The same bytes with another shape of as many elements.
  [[nodiscard]] Constant reshaped(Shape shape) const;

 private:
  DataType type_;
  Shape shape_;
  std::int64_t size_;
  std::shared_ptr<const std::vector<std::byte>> bytes_;
};

}  // namespace ompq
