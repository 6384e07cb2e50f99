// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>
#include <numeric>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;
using Reduction = at::Tensor (*)(const at::Tensor&, const Sizes&, bool);

at::Tensor sum(const at::Tensor& input, const Sizes& axes, bool keep) {
  return at::sum(input, axes, keep, input.scalar_type());
}

at::Tensor mean(const at::Tensor& input, const Sizes& axes, bool keep) {
  if (input.is_floating_point()) {
    return at::mean(input, axes, keep);
  }
  return at::mean(input.to(at::kDouble), axes, keep).to(input.scalar_type());
}

at::Tensor maximum(const at::Tensor& input, const Sizes& axes, bool keep) {
  return at::amax(input, axes, keep);
}

at::Tensor minimum(const at::Tensor& input, const Sizes& axes, bool keep) {
  return at::amin(input, axes, keep);
}

at::Tensor product(const at::Tensor& input, const Sizes& axes, bool keep) {
  Sizes descending = axes;
  std::sort(descending.begin(), descending.end(), std::greater<>());
  at::Tensor result = input;
  for (const std::int64_t axis : descending) {
    result = at::prod(result, axis, keep, input.scalar_type());
  }
  return result;
}

at::Tensor l1_norm(const at::Tensor& input, const Sizes& axes, bool keep) {
  return sum(at::abs(input), axes, keep);
}

at::Tensor l2_norm(const at::Tensor& input, const Sizes& axes, bool keep) {
  if (input.is_floating_point()) {
    return at::linalg_vector_norm(input, 2, axes, keep);
  }
  const at::Tensor values = input.to(at::kDouble);
  return at::linalg_vector_norm(values, 2, axes, keep).to(input.scalar_type());
}

at::Tensor log_sum(const at::Tensor& input, const Sizes& axes, bool keep) {
  return at::log(sum(input, axes, keep)).to(input.scalar_type());
}

at::Tensor log_sum_exp(const at::Tensor& input, const Sizes& axes, bool keep) {
  const at::Tensor values =
      input.is_floating_point() ? input : input.to(at::kDouble);
  return at::logsumexp(values, axes, keep).to(input.scalar_type());
}

at::Tensor sum_square(const at::Tensor& input, const Sizes& axes, bool keep) {
  return sum(input * input, axes, keep);
}

template <Reduction Function>
Operator make_reduce(const Node& node, const Graph& graph) {
  return [axes_input = IntegerInput(node, graph, 1),
          keep = node.integer("keepdims", 1) != 0,
          noop = node.integer("noop_with_empty_axes", 0) !=
                 0](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    Sizes axes = positive_axes(axes_input.read(inputs), input.dim());
    if (axes.empty() && noop) {
      return {input};
    }
    if (axes.empty()) {
      axes.resize(static_cast<std::size_t>(input.dim()));
      std::iota(axes.begin(), axes.end(), 0);
    }
    return {Function(input, axes, keep)};
  };
}

enum class Extreme { Largest, Smallest };

template <Extreme Which>
Operator make_arg(const Node& node, const Graph& /*graph*/) {
  return [given = node.integer("axis", 0),
          keep = node.integer("keepdims", 1) != 0,
          select_last = node.integer("select_last_index", 0) !=
                        0](const Tensors& inputs) -> Tensors {
    const std::int64_t axis = positive_axis(given, inputs[0].dim());
    const at::Tensor input = select_last ? inputs[0].flip({axis}) : inputs[0];
    const at::Tensor index = Which == Extreme::Largest
                                 ? at::argmax(input, axis, keep)
                                 : at::argmin(input, axis, keep);
    return {select_last ? input.size(axis) - 1 - index : index};
  };
}

}  // namespace

std::span<const OperatorEntry> reduce_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"ArgMax", 1, 1, make_arg<Extreme::Largest>},
      {"ArgMin", 1, 1, make_arg<Extreme::Smallest>},
      {"ReduceL1", 1, 2, make_reduce<l1_norm>},
      {"ReduceL2", 1, 2, make_reduce<l2_norm>},
      {"ReduceLogSum", 1, 2, make_reduce<log_sum>},
      {"ReduceLogSumExp", 1, 2, make_reduce<log_sum_exp>},
      {"ReduceMax", 1, 2, make_reduce<maximum>},
      {"ReduceMean", 1, 2, make_reduce<mean>},
      {"ReduceMin", 1, 2, make_reduce<minimum>},
      {"ReduceProd", 1, 2, make_reduce<product>},
      {"ReduceSum", 1, 2, make_reduce<sum>},
      {"ReduceSumSquare", 1, 2, make_reduce<sum_square>},
  };
  return kOperators;
}

}  // namespace ompq
