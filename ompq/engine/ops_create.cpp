// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/element_cast.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

/// Dimensions [start, end) of the input's shape; out-of-range ends are clamped.
Operator make_shape(const Node& node, const Graph& /*graph*/) {
  const bool has_end = node.has("end");
  return [start = node.integer("start", 0),
          end = node.integer("end", 0),
          has_end](const Tensors& inputs) -> Tensors {
    const std::int64_t rank = inputs[0].dim();
    const auto position = [rank](std::int64_t given) {
      return std::clamp<std::int64_t>(
          given < 0 ? given + rank : given, 0, rank);
    };
    const std::int64_t first = position(start);
    const std::int64_t last = std::max(first, has_end ? position(end) : rank);
    const auto sizes = inputs[0].sizes().slice(
        static_cast<std::size_t>(first),
        static_cast<std::size_t>(last - first));
    return {at::tensor(sizes, at::kLong)};
  };
}

Operator make_size(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {at::scalar_tensor(inputs[0].numel(), at::kLong)};
  };
}

Operator make_cast(const Node& node, const Graph& /*graph*/) {
  const auto type = static_cast<DataType>(node.integer("to", 0));
  static_cast<void>(to_scalar_type(type));
  return [type](const Tensors& inputs) -> Tensors {
    return {cast_elements(inputs[0], type)};
  };
}

Operator make_cast_like(const Node& node, const Graph& graph) {
  return [type =
              declared_type(node, graph, 1)](const Tensors& inputs) -> Tensors {
    const bool is_known = type != DataType::Undefined;
    return {cast_elements(
        inputs[0], is_known ? type : to_data_type(inputs[1].scalar_type()))};
  };
}

Operator make_constant_of_shape(const Node& node, const Graph& graph) {
  at::Tensor value = at::zeros({1}, at::kFloat);
  if (node.has("value")) {
    const auto* constant = std::get_if<Constant>(&node.attributes.at("value"));
    OMPQ_CHECK(
        constant != nullptr && constant->size() == 1,
        ErrorCode::InvalidModel,
        "attribute value must be a tensor of one element");
    value = to_tensor(*constant).reshape({1});
  }
  return [shape = IntegerInput(node, graph, 0),
          value](const Tensors& inputs) -> Tensors {
    const auto sizes = shape.read(inputs);
    const at::Tensor element = value.reshape({});
    return {element.expand(sizes).contiguous()};
  };
}

/// max(ceil((limit - start) / delta), 0) elements
Operator make_range(const Node& node, const Graph& graph) {
  return [start = ScalarInput(node, graph, 0),
          limit = ScalarInput(node, graph, 1),
          delta =
              ScalarInput(node, graph, 2)](const Tensors& inputs) -> Tensors {
    const at::Scalar first = *start.read(inputs);
    const at::Scalar step = *delta.read(inputs);
    const auto width = limit.read(inputs)->to<double>() - first.to<double>();
    OMPQ_CHECK(
        step.to<double>() != 0, ErrorCode::InvalidData, "delta must not be 0");
    const auto count = static_cast<std::int64_t>(
        std::max(std::ceil(width / step.to<double>()), 0.0));
    const at::Tensor steps = at::arange(count, inputs[0].options());
    return {steps * step + first};
  };
}

Operator make_eye_like(const Node& node, const Graph& /*graph*/) {
  return [type = node.integer("dtype", 0),
          diagonal = node.integer("k", 0)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    OMPQ_CHECK(
        input.dim() == 2,
        ErrorCode::ShapeMismatch,
        "expected a matrix, got shape {}",
        to_string(input.sizes().vec()));
    const at::Tensor row =
        at::arange(input.size(0), input.device()).unsqueeze(1);
    const at::Tensor column =
        at::arange(input.size(1), input.device()).unsqueeze(0);
    return {(column - row)
                .eq(diagonal)
                .to(type == 0 ? input.scalar_type()
                              : to_scalar_type(static_cast<DataType>(type)))};
  };
}

/// Keeps the triangle above (or below) diagonal k of each matrix.
Operator make_trilu(const Node& node, const Graph& graph) {
  return [is_upper = node.integer("upper", 1) != 0,
          diagonal_input =
              ScalarInput(node, graph, 1)](const Tensors& inputs) -> Tensors {
    const auto given = diagonal_input.read(inputs);
    const std::int64_t diagonal = given ? given->to<std::int64_t>() : 0;
    return {
        is_upper ? at::triu(inputs[0], diagonal)
                 : at::tril(inputs[0], diagonal)};
  };
}

}  // namespace

std::span<const OperatorEntry> create_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Cast", 1, 1, make_cast},
      {"CastLike", 2, 2, make_cast_like},
      {"ConstantOfShape", 1, 1, make_constant_of_shape},
      {"EyeLike", 1, 1, make_eye_like},
      {"Range", 3, 3, make_range},
      {"Shape", 1, 1, make_shape},
      {"Size", 1, 1, make_size},
      {"Trilu", 1, 2, make_trilu},
  };
  return kOperators;
}

}  // namespace ompq
