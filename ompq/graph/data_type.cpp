// SPDX-License-Identifier: MIT
#include <fmt/ranges.h>

#include "ompq/core/error.h"
#include "ompq/graph/constant.h"

namespace ompq {

std::string_view to_string(DataType type) {
  switch (type) {
    case DataType::Undefined:
      return "undefined";
    case DataType::Float32:
      return "float32";
    case DataType::UInt8:
      return "uint8";
    case DataType::Int8:
      return "int8";
    case DataType::UInt16:
      return "uint16";
    case DataType::Int16:
      return "int16";
    case DataType::Int32:
      return "int32";
    case DataType::Int64:
      return "int64";
    case DataType::String:
      return "string";
    case DataType::Bool:
      return "bool";
    case DataType::Float16:
      return "float16";
    case DataType::Float64:
      return "float64";
    case DataType::UInt32:
      return "uint32";
    case DataType::UInt64:
      return "uint64";
    case DataType::BFloat16:
      return "bfloat16";
    case DataType::UInt4:
      return "uint4";
    case DataType::Int4:
      return "int4";
    case DataType::UInt2:
      return "uint2";
    case DataType::Int2:
      return "int2";
  }
  return "unknown";
}

int bits_per_element(DataType type) {
  switch (type) {
    case DataType::UInt2:
    case DataType::Int2:
      return 2;
    case DataType::UInt4:
    case DataType::Int4:
      return 4;
    case DataType::UInt8:
    case DataType::Int8:
    case DataType::Bool:
      return 8;
    case DataType::UInt16:
    case DataType::Int16:
    case DataType::Float16:
    case DataType::BFloat16:
      return 16;
    case DataType::Float32:
    case DataType::Int32:
    case DataType::UInt32:
      return 32;
    case DataType::Float64:
    case DataType::Int64:
    case DataType::UInt64:
      return 64;
    case DataType::Undefined:
    case DataType::String:
      break;
  }
  fail(
      ErrorCode::Unsupported,
      "[constant] tensors of type {} ({}) are not supported; convert the "
      "model to a numeric type",
      to_string(type),
      static_cast<int>(type));
}

bool is_floating_point(DataType type) {
  return type == DataType::Float32 || type == DataType::Float64 ||
         type == DataType::Float16 || type == DataType::BFloat16;
}

std::int64_t element_count(const Shape& shape) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  std::int64_t count = 1;
  bool is_empty = false;
  for (const std::int64_t dimension : shape) {
    OMPQ_CHECK(
        dimension >= 0,
        ErrorCode::InvalidModel,
        "[constant] shape {} has a negative dimension",
        to_string(shape));
    if (dimension == 0) {
      is_empty = true;
      continue;
    }
    OMPQ_CHECK(
        count <= kLimit / dimension,
        ErrorCode::InvalidModel,
        "[constant] shape {} has more than 2^62 elements",
        to_string(shape));
    count *= dimension;
  }
  return is_empty ? 0 : count;
}

std::string to_string(const Shape& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

}  // namespace ompq
