// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_tensor.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <span>

#include "ompq/core/error.h"
#include "ompq/graph/onnx_external_data.h"

namespace ompq::detail {
namespace {

using ByteVector = std::vector<std::byte>;

/// The elements of a repeated field, each stored in `size` bytes.
template <typename Field>
ByteVector narrowed(const Field& field, std::size_t size) {
  ByteVector bytes(static_cast<std::size_t>(field.size()) * size);
  std::byte* target = bytes.data();
  for (const auto element : field) {
    std::memcpy(target, &element, size);
    target += size;
  }
  return bytes;
}

/// Elements of types below 32 bits are int32 each; those of 4 and 2 bits are
/// int32 for each packed byte.
ByteVector typed_bytes(const onnx::TensorProto& tensor, DataType type) {
  const auto size =
      static_cast<std::size_t>(std::max(bits_per_element(type), 8) / 8);
  switch (type) {
    case DataType::Float32:
      return narrowed(tensor.float_data(), size);
    case DataType::Float64:
      return narrowed(tensor.double_data(), size);
    case DataType::Int64:
      return narrowed(tensor.int64_data(), size);
    case DataType::UInt32:
    case DataType::UInt64:
      return narrowed(tensor.uint64_data(), size);
    default:
      return narrowed(tensor.int32_data(), size);
  }
}

std::int64_t parse_number(const std::string& key, const std::string& text) {
  std::int64_t number = -1;
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, number);
  OMPQ_CHECK(
      status == std::errc{} && rest == end && number >= 0,
      ErrorCode::InvalidFile,
      "external data: {} must be a number of bytes, got '{}'",
      key,
      text);
  return number;
}

ExternalData external_data(const onnx::TensorProto& tensor) {
  ExternalData data;
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") {
      data.location = entry.value();
    } else if (entry.key() == "offset") {
      data.offset = parse_number(entry.key(), entry.value());
    } else if (entry.key() == "length") {
      data.length = parse_number(entry.key(), entry.value());
    }
  }
  return data;
}

std::uint64_t expected_bytes(DataType type, const Shape& shape) {
  const auto count = static_cast<std::uint64_t>(element_count(shape));
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 44;
  OMPQ_CHECK(
      count <= kLimit,
      ErrorCode::InvalidModel,
      "shape {} is larger than any memory",
      to_string(shape));
  return (count * static_cast<std::uint64_t>(bits_per_element(type)) + 7) / 8;
}

ByteVector read_bytes(
    const onnx::TensorProto& tensor,
    const std::filesystem::path& folder,
    DataType type,
    const Shape& shape) {
  const std::uint64_t expected = expected_bytes(type, shape);
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    return read_external_data(folder, external_data(tensor), expected);
  }
  ByteVector bytes;
  if (tensor.has_raw_data()) {
    const auto* begin =
        reinterpret_cast<const std::byte*>(tensor.raw_data().data());
    bytes.assign(begin, begin + tensor.raw_data().size());
  }
  if (bytes.empty()) {
    bytes = typed_bytes(tensor, type);
  }
  OMPQ_CHECK(
      bytes.size() == expected,
      ErrorCode::InvalidFile,
      "{} of shape {} takes {} bytes, the file holds {}",
      to_string(type),
      to_string(shape),
      expected,
      bytes.size());
  return bytes;
}

template <typename T>
void check_no_nan(std::span<const T> elements) {
  // Without an early exit, so that the compiler can make it a vector loop.
  bool has_nan = false;
  for (const T element : elements) {
    has_nan |= std::isnan(element);
  }
  if (has_nan) {
    const auto first =
        std::find_if(elements.begin(), elements.end(), [](T element) {
          return std::isnan(element);
        });
    fail(
        ErrorCode::InvalidModel,
        "element {} is NaN; the training that made this file went wrong",
        first - elements.begin());
  }
}

void check_no_nan(const Constant& constant) {
  if (constant.type() == DataType::Float32) {
    check_no_nan(constant.elements<float>());
  } else if (is_floating_point(constant.type())) {
    const std::vector<double> elements = constant.to_double();
    check_no_nan(std::span<const double>(elements));
  }
}

Constant read_constant(
    const onnx::TensorProto& tensor, const std::filesystem::path& folder) {
  const auto type = known_data_type(tensor.data_type());
  OMPQ_CHECK(
      type && *type != DataType::Undefined,
      ErrorCode::InvalidFile,
      "data type {} is not known",
      tensor.data_type());
  Shape shape(tensor.dims().begin(), tensor.dims().end());
  ByteVector bytes = read_bytes(tensor, folder, *type, shape);
  if (*type == DataType::Bool) {
    for (std::byte& element : bytes) {
      element = element == std::byte{0} ? std::byte{0} : std::byte{1};
    }
  }
  Constant constant(*type, std::move(shape), std::move(bytes));
  check_no_nan(constant);
  return constant;
}

}  // namespace

std::optional<DataType> known_data_type(int number) {
  const auto type = static_cast<DataType>(number);
  return to_string(type) == "unknown" ? std::nullopt : std::optional(type);
}

std::optional<std::string> unsupported_tensor(const onnx::TensorProto& tensor) {
  constexpr int kLargestTypeOfOnnx = 26;
  const int number = tensor.data_type();
  const auto type = known_data_type(number);
  if (type == DataType::String) {
    return "a tensor of strings";
  }
  if (!type && number > 0 && number <= kLargestTypeOfOnnx) {
    return fmt::format(
        "a tensor of data type {} (complex or 8-bit floating-point numbers)",
        number);
  }
  if (tensor.has_segment()) {
    return "a tensor in segments";
  }
  return std::nullopt;
}

Constant constant_from_tensor(
    const onnx::TensorProto& tensor,
    const std::filesystem::path& folder,
    const std::string& name) {
  try {
    return read_constant(tensor, folder);
  } catch (const Error& error) {
    fail(error.code(), "tensor '{}': {}", name, error.what());
  }
}

onnx::TensorProto tensor_from_constant(
    const Constant& constant, const std::string& name) {
  onnx::TensorProto tensor;
  if (!name.empty()) {
    tensor.set_name(name);
  }
  tensor.set_data_type(static_cast<int>(constant.type()));
  for (const std::int64_t size : constant.shape()) {
    tensor.add_dims(size);
  }
  const auto bytes = constant.bytes();
  tensor.set_raw_data(bytes.data(), bytes.size());
  return tensor;
}

}  // namespace ompq::detail
