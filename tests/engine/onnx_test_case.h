// SPDX-License-Identifier: MIT
// One of ONNX's own operator tests: a model, input tensors, output tensors.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <onnx/onnx_pb.h>

#include "ompq/core/error.h"

namespace ompq {

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Elements of type T from raw_data; an empty tensor has none.
template <typename T>
at::Tensor from_raw(const onnx::TensorProto& proto, c10::ScalarType type) {
  std::vector<T> elements(proto.raw_data().size() / sizeof(T));
  if (!elements.empty()) {
    std::memcpy(
        elements.data(), proto.raw_data().data(), elements.size() * sizeof(T));
  }
  if constexpr (std::is_floating_point_v<T>) {
    return at::tensor(elements).to(type);
  } else {
    const std::vector<std::int64_t> wide(elements.begin(), elements.end());
    return at::tensor(wide, at::kLong).to(type);
  }
}

/// Half-precision numbers become float32, as in ompq's canonical form.
inline at::Tensor from_half(
    const onnx::TensorProto& proto, c10::ScalarType type) {
  at::Tensor bits;
  if (proto.has_raw_data()) {
    bits = from_raw<std::int16_t>(proto, at::kShort);
  } else {
    const std::vector<std::int64_t> wide(
        proto.int32_data().begin(), proto.int32_data().end());
    bits = at::tensor(wide, at::kLong).to(at::kShort);
  }
  return bits.view(type).to(at::kFloat);
}

template <typename Field>
at::Tensor from_field(const Field& field, c10::ScalarType type) {
  const std::vector<typename Field::value_type> elements(
      field.begin(), field.end());
  if constexpr (std::is_floating_point_v<typename Field::value_type>) {
    return at::tensor(elements).to(type);
  } else {
    const std::vector<std::int64_t> wide(elements.begin(), elements.end());
    return at::tensor(wide, at::kLong).to(type);
  }
}

inline at::Tensor elements_of(const onnx::TensorProto& proto) {
  const bool raw = proto.has_raw_data();
  const auto& ints = proto.int32_data();
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      return raw ? from_raw<float>(proto, at::kFloat)
                 : from_field(proto.float_data(), at::kFloat);
    case onnx::TensorProto::DOUBLE:
      return raw ? from_raw<double>(proto, at::kDouble)
                 : from_field(proto.double_data(), at::kDouble);
    case onnx::TensorProto::INT64:
      return raw ? from_raw<std::int64_t>(proto, at::kLong)
                 : from_field(proto.int64_data(), at::kLong);
    case onnx::TensorProto::UINT64:
      return raw ? from_raw<std::uint64_t>(proto, at::kLong)
                 : from_field(proto.uint64_data(), at::kLong);
    case onnx::TensorProto::UINT32:
      return raw ? from_raw<std::uint32_t>(proto, at::kLong)
                 : from_field(proto.uint64_data(), at::kLong);
    case onnx::TensorProto::INT32:
      return raw ? from_raw<std::int32_t>(proto, at::kInt)
                 : from_field(ints, at::kInt);
    case onnx::TensorProto::UINT16:
      return raw ? from_raw<std::uint16_t>(proto, at::kInt)
                 : from_field(ints, at::kInt);
    case onnx::TensorProto::INT16:
      return raw ? from_raw<std::int16_t>(proto, at::kShort)
                 : from_field(ints, at::kShort);
    case onnx::TensorProto::INT8:
      return raw ? from_raw<std::int8_t>(proto, at::kChar)
                 : from_field(ints, at::kChar);
    case onnx::TensorProto::UINT8:
      return raw ? from_raw<std::uint8_t>(proto, at::kByte)
                 : from_field(ints, at::kByte);
    case onnx::TensorProto::BOOL:
      return raw ? from_raw<std::uint8_t>(proto, at::kBool)
                 : from_field(ints, at::kBool);
    case onnx::TensorProto::FLOAT16:
      return from_half(proto, at::kHalf);
    case onnx::TensorProto::BFLOAT16:
      return from_half(proto, at::kBFloat16);
    default:
      fail(ErrorCode::Unsupported, "element type {}", proto.data_type());
  }
}

/// A tensor file of a test case; undefined for an empty optional.
inline at::Tensor read_tensor_file(const std::filesystem::path& path) {
  onnx::TensorProto proto;
  OMPQ_CHECK(
      proto.ParseFromString(read_bytes(path)),
      ErrorCode::InvalidFile,
      "{} is not a tensor",
      path.string());
  const std::vector<std::int64_t> shape(
      proto.dims().begin(), proto.dims().end());
  return elements_of(proto).reshape(shape);
}

/// The tensors PREFIX_0.pb, PREFIX_1.pb, ... of a folder.
inline std::vector<at::Tensor> read_tensor_files(
    const std::filesystem::path& folder, const std::string& prefix) {
  std::vector<at::Tensor> tensors;
  for (int i = 0;; ++i) {
    const auto path = folder / (prefix + std::to_string(i) + ".pb");
    if (!std::filesystem::exists(path)) {
      return tensors;
    }
    tensors.push_back(read_tensor_file(path));
  }
}

}  // namespace ompq
