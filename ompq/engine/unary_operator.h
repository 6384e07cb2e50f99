// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include "ompq/engine/operator.h"

namespace ompq {

/// Factory of an operator without attributes that is one function of one
/// tensor.
template <at::Tensor (*Function)(const at::Tensor&)>
Operator make_unary(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors { return {Function(inputs[0])}; };
}

/// Likewise of two tensors.
template <at::Tensor (*Function)(const at::Tensor&, const at::Tensor&)>
Operator make_binary(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {Function(inputs[0], inputs[1])};
  };
}

}  // namespace ompq
