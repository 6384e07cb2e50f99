// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

at::Tensor matrix(const at::Tensor& input, bool transposed) {
  OMPQ_CHECK(
      input.dim() == 2,
      ErrorCode::ShapeMismatch,
      "expected a matrix, got shape {}",
      to_string(input.sizes().vec()));
  return transposed ? input.t() : input;
}

/// y = alpha A' B' + beta C
Operator make_gemm(const Node& node, const Graph& /*graph*/) {
  return [alpha = node.real("alpha", 1),
          beta = node.real("beta", 1),
          transposed_a = node.integer("transA", 0) != 0,
          transposed_b = node.integer("transB", 0) !=
                         0](const Tensors& inputs) -> Tensors {
    const at::Tensor a = matrix(inputs[0], transposed_a);
    const at::Tensor b = matrix(inputs[1], transposed_b);
    const at::Tensor c = optional_input(inputs, 2);
    if (c.defined() && beta != 0) {
      return {at::addmm(c, a, b, beta, alpha)};
    }
    const at::Tensor product = at::mm(a, b);
    return {alpha == 1 ? product : product * alpha};
  };
}

Operator make_matmul(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {at::matmul(inputs[0], inputs[1])};
  };
}

Operator make_einsum(const Node& node, const Graph& /*graph*/) {
  OMPQ_CHECK(
      node.has("equation"),
      ErrorCode::InvalidModel,
      "attribute equation is missing");
  return
      [equation = node.text("equation", "")](const Tensors& inputs) -> Tensors {
        return {at::einsum(equation, inputs)};
      };
}

}  // namespace

std::span<const OperatorEntry> linear_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Einsum", 1, kAnyNumber, make_einsum},
      {"Gemm", 2, 3, make_gemm},
      {"MatMul", 2, 2, make_matmul},
  };
  return kOperators;
}

}  // namespace ompq
