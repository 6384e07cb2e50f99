// SPDX-License-Identifier: MIT
#include "ompq/engine/constant_tensor.h"

#include <cstring>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {

c10::ScalarType to_scalar_type(DataType type) {
  switch (type) {
    case DataType::Float32:
      return at::kFloat;
    case DataType::Float64:
      return at::kDouble;
    case DataType::Float16:
      return at::kHalf;
    case DataType::BFloat16:
      return at::kBFloat16;
    case DataType::Bool:
      return at::kBool;
    case DataType::UInt8:
    case DataType::UInt4:
    case DataType::UInt2:
      return at::kByte;
    case DataType::Int8:
    case DataType::Int4:
    case DataType::Int2:
      return at::kChar;
    case DataType::Int16:
      return at::kShort;
    case DataType::Int32:
    case DataType::UInt16:
      return at::kInt;
    case DataType::Int64:
    case DataType::UInt32:
    case DataType::UInt64:
      return at::kLong;
    case DataType::Undefined:
    case DataType::String:
      break;
  }
  fail(
      ErrorCode::Unsupported,
      "tensors of type {} cannot be computed with",
      to_string(type));
}

DataType to_data_type(c10::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return DataType::Float32;
    case at::kDouble:
      return DataType::Float64;
    case at::kHalf:
      return DataType::Float16;
    case at::kBFloat16:
      return DataType::BFloat16;
    case at::kBool:
      return DataType::Bool;
    case at::kByte:
      return DataType::UInt8;
    case at::kChar:
      return DataType::Int8;
    case at::kShort:
      return DataType::Int16;
    case at::kInt:
      return DataType::Int32;
    case at::kLong:
      return DataType::Int64;
    default:
      fail(
          ErrorCode::Unsupported,
          "tensor type {} has no ONNX counterpart",
          c10::toString(type));
  }
}

at::Tensor to_tensor(const Constant& constant) {
  const c10::ScalarType type = to_scalar_type(constant.type());
  const at::Tensor tensor = at::empty(constant.shape(), type);
  if (bits_per_element(constant.type()) ==
      8 * static_cast<int>(tensor.element_size())) {
    if (constant.size() > 0) {
      std::memcpy(
          tensor.data_ptr(), constant.bytes().data(), constant.bytes().size());
    }
    return tensor;
  }
  const std::vector<std::int64_t> elements = constant.to_int64();
  return at::tensor(elements, at::kLong).to(type).reshape(constant.shape());
}

Constant to_constant(const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().cpu().contiguous();
  std::vector<std::byte> bytes(
      static_cast<std::size_t>(values.numel()) * values.element_size());
  if (!bytes.empty()) {
    std::memcpy(bytes.data(), values.data_ptr(), bytes.size());
  }
  return {
      to_data_type(values.scalar_type()),
      values.sizes().vec(),
      std::move(bytes)};
}

}  // namespace ompq
