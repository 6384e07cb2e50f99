// SPDX-License-Identifier: MIT
#include <limits>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/unary_operator.h"

namespace ompq {
namespace {

at::Tensor where(const Tensors& inputs) {
  return at::where(inputs[0], inputs[1], inputs[2]);
}

Operator make_where(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors { return {where(inputs)}; };
}

Operator make_is_inf(const Node& node, const Graph& /*graph*/) {
  return [negative = node.integer("detect_negative", 1) != 0,
          positive = node.integer("detect_positive", 1) !=
                     0](const Tensors& inputs) -> Tensors {
    const double infinity = std::numeric_limits<double>::infinity();
    at::Tensor result = at::zeros_like(inputs[0], at::kBool);
    result = negative ? result.logical_or(inputs[0] == -infinity) : result;
    return {positive ? result.logical_or(inputs[0] == infinity) : result};
  };
}

/// Unsigned types held in a wider signed one lose the bits that leave them.
std::int64_t mask_of(DataType type) {
  if (type == DataType::UInt16) {
    return 0xFFFF;
  }
  return type == DataType::UInt32 ? 0xFFFFFFFF : -1;
}

Operator make_bit_shift(const Node& node, const Graph& graph) {
  const std::string direction = node.text("direction", "");
  OMPQ_CHECK(
      direction == "LEFT" || direction == "RIGHT",
      ErrorCode::InvalidModel,
      "direction must be LEFT or RIGHT, got '{}'",
      direction);
  if (direction == "RIGHT") {
    return make_binary<at::bitwise_right_shift>(node, graph);
  }
  return [mask = mask_of(declared_type(node, graph, 0))](
             const Tensors& inputs) -> Tensors {
    const at::Tensor shifted = at::bitwise_left_shift(inputs[0], inputs[1]);
    return {mask == -1 ? shifted : at::bitwise_and(shifted, mask)};
  };
}

Operator make_bitwise_not(const Node& node, const Graph& graph) {
  return [mask = mask_of(declared_type(node, graph, 0))](
             const Tensors& inputs) -> Tensors {
    const at::Tensor inverted = at::bitwise_not(inputs[0]);
    return {mask == -1 ? inverted : at::bitwise_and(inverted, mask)};
  };
}

}  // namespace

std::span<const OperatorEntry> logic_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"And", 2, 2, make_binary<at::logical_and>},
      {"BitShift", 2, 2, make_bit_shift},
      {"BitwiseAnd", 2, 2, make_binary<at::bitwise_and>},
      {"BitwiseNot", 1, 1, make_bitwise_not},
      {"BitwiseOr", 2, 2, make_binary<at::bitwise_or>},
      {"BitwiseXor", 2, 2, make_binary<at::bitwise_xor>},
      {"Equal", 2, 2, make_binary<at::eq>},
      {"Greater", 2, 2, make_binary<at::gt>},
      {"GreaterOrEqual", 2, 2, make_binary<at::ge>},
      {"IsInf", 1, 1, make_is_inf},
      {"IsNaN", 1, 1, make_unary<at::isnan>},
      {"Less", 2, 2, make_binary<at::lt>},
      {"LessOrEqual", 2, 2, make_binary<at::le>},
      {"Not", 1, 1, make_unary<at::logical_not>},
      {"Or", 2, 2, make_binary<at::logical_or>},
      {"Where", 3, 3, make_where},
      {"Xor", 2, 2, make_binary<at::logical_xor>},
  };
  return kOperators;
}

}  // namespace ompq
