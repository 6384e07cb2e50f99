// SPDX-License-Identifier: MIT
#include "ompq/engine/operator_input.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {

IntegerInput::IntegerInput(
    const Node& node, const Graph& graph, std::size_t index)
    : index_(index), is_present_(node.input(index).has_value()) {
  if (const Constant* constant = graph.constant_input(node, index)) {
    constant_ = constant->to_int64();
  }
}

std::vector<std::int64_t> IntegerInput::read(const Tensors& inputs) const {
  if (constant_) {
    return *constant_;
  }
  const at::Tensor given = optional_input(inputs, index_);
  if (!given.defined()) {
    return {};
  }
  OMPQ_CHECK(
      !given.is_floating_point(),
      ErrorCode::InvalidData,
      "input {} must hold integers",
      index_);
  const at::Tensor values = given.to(at::kLong).contiguous();
  const auto* first = values.data_ptr<std::int64_t>();
  return {first, first + values.numel()};
}

ScalarInput::ScalarInput(
    const Node& node, const Graph& graph, std::size_t index)
    : index_(index) {
  const Constant* constant = graph.constant_input(node, index);
  if (constant == nullptr || constant->size() != 1) {
    return;
  }
  constant_ = is_floating_point(constant->type())
                  ? c10::Scalar(constant->to_double().front())
                  : c10::Scalar(constant->to_int64().front());
}

std::optional<c10::Scalar> ScalarInput::read(const Tensors& inputs) const {
  if (constant_) {
    return constant_;
  }
  const at::Tensor given = optional_input(inputs, index_);
  if (!given.defined()) {
    return std::nullopt;
  }
  OMPQ_CHECK(
      given.numel() == 1,
      ErrorCode::ShapeMismatch,
      "input {} must have one element, got shape {}",
      index_,
      to_string(given.sizes().vec()));
  return given.item();
}

at::Tensor optional_input(const Tensors& inputs, std::size_t index) {
  return index < inputs.size() ? inputs[index] : at::Tensor();
}

std::int64_t positive_axis(std::int64_t axis, std::int64_t rank) {
  OMPQ_CHECK(
      axis >= -rank && axis < rank,
      ErrorCode::ShapeMismatch,
      "axis {} is out of range for a tensor of rank {}",
      axis,
      rank);
  return axis < 0 ? axis + rank : axis;
}

std::vector<std::int64_t> positive_axes(
    const std::vector<std::int64_t>& axes, std::int64_t rank) {
  std::vector<std::int64_t> result;
  result.reserve(axes.size());
  for (const std::int64_t given : axes) {
    const std::int64_t axis = positive_axis(given, rank);
    OMPQ_CHECK(
        std::find(result.begin(), result.end(), axis) == result.end(),
        ErrorCode::ShapeMismatch,
        "axis {} is given twice",
        given);
    result.push_back(axis);
  }
  return result;
}

at::Tensor positive_indices(const at::Tensor& indices, std::int64_t size) {
  const at::Tensor index = indices.to(at::kLong);
  return at::where(index < 0, index + size, index);
}

DataType declared_type(
    const Node& node, const Graph& graph, std::size_t index) {
  const std::optional<ValueId> id = node.input(index);
  return id ? graph.value(*id).type : DataType::Undefined;
}

}  // namespace ompq
