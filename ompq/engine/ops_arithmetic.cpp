// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/unary_operator.h"

namespace ompq {
namespace {

at::Tensor add(const at::Tensor& a, const at::Tensor& b) {
  return a + b;
}

at::Tensor subtract(const at::Tensor& a, const at::Tensor& b) {
  return a - b;
}

/// Integers are divided towards zero, as ONNX says.
at::Tensor divide(const at::Tensor& a, const at::Tensor& b) {
  return a.is_floating_point() ? a / b : at::div(a, b, "trunc");
}

/// fmod = 0 takes the sign of the divisor (numpy.mod), 1 that of the dividend.
Operator make_mod(const Node& node, const Graph& graph) {
  return node.integer("fmod", 0) != 0 ? make_binary<at::fmod>(node, graph)
                                      : make_binary<at::remainder>(node, graph);
}

/// The result has the type of the base, whatever the exponent's type.
Operator make_pow(const Node& node, const Graph& graph) {
  const Constant* constant = graph.constant_input(node, 1);
  const bool is_scalar = constant != nullptr && constant->shape().empty();
  return [exponent = ScalarInput(node, graph, 1),
          is_scalar](const Tensors& inputs) -> Tensors {
    const at::Tensor& base = inputs[0];
    const at::Tensor power = is_scalar ? at::pow(base, *exponent.read(inputs))
                                       : at::pow(base, inputs[1]);
    return {power.to(base.scalar_type())};
  };
}

template <at::Tensor (*Function)(const at::Tensor&, const at::Tensor&)>
at::Tensor fold(const Tensors& inputs) {
  at::Tensor result = inputs[0];
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    result = Function(result, inputs[i]);
  }
  return result;
}

template <at::Tensor (*Function)(const at::Tensor&, const at::Tensor&)>
Operator make_variadic(const Node& /*node*/, const Graph& /*graph*/) {
  return
      [](const Tensors& inputs) -> Tensors { return {fold<Function>(inputs)}; };
}

Operator make_mean(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {fold<add>(inputs) / static_cast<double>(inputs.size())};
  };
}

at::Tensor round_half_even(const at::Tensor& input) {
  return at::round(input);
}

Operator make_cum_sum(const Node& node, const Graph& graph) {
  return [axis_input = ScalarInput(node, graph, 1),
          is_exclusive = node.integer("exclusive", 0) != 0,
          is_reversed = node.integer("reverse", 0) !=
                        0](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const std::int64_t axis =
        positive_axis(axis_input.read(inputs)->to<std::int64_t>(), input.dim());
    const at::Tensor ordered = is_reversed ? input.flip({axis}) : input;
    at::Tensor sums = at::cumsum(ordered, axis, input.scalar_type());
    sums = is_exclusive ? sums - ordered : sums;
    return {is_reversed ? sums.flip({axis}) : sums};
  };
}

}  // namespace

std::span<const OperatorEntry> arithmetic_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Abs", 1, 1, make_unary<at::abs>},
      {"Acos", 1, 1, make_unary<at::acos>},
      {"Acosh", 1, 1, make_unary<at::acosh>},
      {"Add", 2, 2, make_binary<add>},
      {"Asin", 1, 1, make_unary<at::asin>},
      {"Asinh", 1, 1, make_unary<at::asinh>},
      {"Atan", 1, 1, make_unary<at::atan>},
      {"Atanh", 1, 1, make_unary<at::atanh>},
      {"Ceil", 1, 1, make_unary<at::ceil>},
      {"Cos", 1, 1, make_unary<at::cos>},
      {"Cosh", 1, 1, make_unary<at::cosh>},
      {"CumSum", 2, 2, make_cum_sum},
      {"Div", 2, 2, make_binary<divide>},
      {"Erf", 1, 1, make_unary<at::erf>},
      {"Exp", 1, 1, make_unary<at::exp>},
      {"Floor", 1, 1, make_unary<at::floor>},
      {"Log", 1, 1, make_unary<at::log>},
      {"Max", 1, kAnyNumber, make_variadic<at::maximum>},
      {"Mean", 1, kAnyNumber, make_mean},
      {"Min", 1, kAnyNumber, make_variadic<at::minimum>},
      {"Mod", 2, 2, make_mod},
      {"Mul", 2, 2, make_binary<at::mul>},
      {"Neg", 1, 1, make_unary<at::neg>},
      {"Pow", 2, 2, make_pow},
      {"Reciprocal", 1, 1, make_unary<at::reciprocal>},
      {"Round", 1, 1, make_unary<round_half_even>},
      {"Sign", 1, 1, make_unary<at::sign>},
      {"Sin", 1, 1, make_unary<at::sin>},
      {"Sinh", 1, 1, make_unary<at::sinh>},
      {"Sqrt", 1, 1, make_unary<at::sqrt>},
      {"Sub", 2, 2, make_binary<subtract>},
      {"Sum", 1, kAnyNumber, make_variadic<add>},
      {"Tan", 1, 1, make_unary<at::tan>},
  };
  return kOperators;
}

}  // namespace ompq
