// SPDX-License-Identifier: MIT
#include "ompq/engine/element_cast.h"

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"

namespace ompq {
namespace {

/// True for the types that are held in a wider one.
bool is_narrower_than_held(DataType type) {
  switch (type) {
    case DataType::UInt16:
    case DataType::UInt32:
    case DataType::UInt4:
    case DataType::Int4:
    case DataType::UInt2:
    case DataType::Int2:
      return true;
    default:
      return false;
  }
}

}  // namespace

IntegerRange integer_range(DataType type) {
  const auto is_signed = [type] {
    switch (type) {
      case DataType::Int2:
      case DataType::Int4:
      case DataType::Int8:
      case DataType::Int16:
      case DataType::Int32:
        return true;
      default:
        return false;
    }
  }();
  const bool is_unsigned = type == DataType::UInt2 || type == DataType::UInt4 ||
                           type == DataType::UInt8 ||
                           type == DataType::UInt16 || type == DataType::UInt32;
  OMPQ_CHECK(
      is_signed || is_unsigned,
      ErrorCode::Unsupported,
      "expected an integer type of 2 to 32 bits, got {}",
      to_string(type));
  const int bits = bits_per_element(type);
  return is_signed
             ? IntegerRange{-(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1}
             : IntegerRange{0, (std::int64_t{1} << bits) - 1};
}

at::Tensor cast_elements(const at::Tensor& input, DataType type) {
  const c10::ScalarType held = to_scalar_type(type);
  if (!is_narrower_than_held(type)) {
    return input.to(held);
  }
  const IntegerRange range = integer_range(type);
  const std::int64_t count = range.highest - range.lowest + 1;
  const at::Tensor wide = input.to(at::kLong);
  return (at::remainder(wide - range.lowest, count) + range.lowest).to(held);
}

}  // namespace ompq
