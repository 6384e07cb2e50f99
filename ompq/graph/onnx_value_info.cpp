// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_value_info.h"

#include "ompq/core/error.h"
#include "ompq/graph/onnx_tensor.h"

namespace ompq::detail {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

Dimension read_dimension(
    const onnx::TensorShapeProto::Dimension& dimension,
    const std::string& name) {
  if (!dimension.has_dim_value()) {
    return {.size = -1, .symbol = dimension.dim_param()};
  }
  const std::int64_t size = dimension.dim_value();
  OMPQ_CHECK(
      size >= -1 && size <= kMaxElements,
      ErrorCode::InvalidModel,
      "value '{}': a dimension is {}; expected 0 to 2^40, or -1 for a dynamic "
      "one",
      name,
      size);
  return {.size = size, .symbol = {}};
}

std::optional<std::vector<Dimension>> read_shape(
    const onnx::TypeProto::Tensor& tensor, const std::string& name) {
  if (!tensor.has_shape()) {
    return std::nullopt;
  }
  std::vector<Dimension> shape;
  double count = 1;
  for (const auto& item : tensor.shape().dim()) {
    shape.push_back(read_dimension(item, name));
    const std::int64_t size = shape.back().size;
    count *= size > 0 ? static_cast<double>(size) : 1.0;
  }
  OMPQ_CHECK(
      count <= static_cast<double>(kMaxElements),
      ErrorCode::InvalidModel,
      "value '{}' has {:.3g} elements; no machine holds that many",
      name,
      count);
  return shape;
}

}  // namespace

ValueInfo read_input_info(const onnx::ValueInfoProto& info) {
  OMPQ_CHECK(
      info.type().has_tensor_type() || !info.has_type(),
      ErrorCode::Unsupported,
      "input '{}' is not a tensor (a sequence, map, optional or sparse tensor)",
      info.name());
  const auto& tensor = info.type().tensor_type();
  const auto type = known_data_type(tensor.elem_type());
  OMPQ_CHECK(
      type && *type != DataType::String,
      ErrorCode::Unsupported,
      "input '{}' has element type {}, which is not supported",
      info.name(),
      tensor.elem_type());
  return {.type = *type, .shape = read_shape(tensor, info.name())};
}

std::optional<ValueInfo> read_value_info(const onnx::ValueInfoProto& info) {
  if (!info.type().has_tensor_type()) {
    return std::nullopt;
  }
  const auto& tensor = info.type().tensor_type();
  return ValueInfo{
      .type = known_data_type(tensor.elem_type()).value_or(DataType::Undefined),
      .shape = read_shape(tensor, info.name())};
}

onnx::ValueInfoProto write_value_info(const Value& value) {
  onnx::ValueInfoProto info;
  info.set_name(value.name);
  if (value.type == DataType::Undefined && !value.shape) {
    return info;
  }
  auto* tensor = info.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(static_cast<int>(value.type));
  if (value.shape) {
    auto* shape = tensor->mutable_shape();
    for (const Dimension& dimension : *value.shape) {
      auto* item = shape->add_dim();
      if (!dimension.is_dynamic()) {
        item->set_dim_value(dimension.size);
      } else if (!dimension.symbol.empty()) {
        item->set_dim_param(dimension.symbol);
      }
    }
  }
  return info;
}

}  // namespace ompq::detail
