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

/// A 0 copies the input's dimension, unless `allow_zero`.
Operator make_reshape(const Node& node, const Graph& graph) {
  return [shape = IntegerInput(node, graph, 1),
          allow_zero = node.integer("allowzero", 0) !=
                       0](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    Sizes target = shape.read(inputs);
    for (std::size_t i = 0; i < target.size() && !allow_zero; ++i) {
      const auto axis = static_cast<std::int64_t>(i);
      if (target[i] != 0) {
        continue;
      }
      OMPQ_CHECK(
          axis < input.dim(),
          ErrorCode::ShapeMismatch,
          "shape {} copies dimension {}, which the input does not have",
          to_string(target),
          axis);
      target[i] = input.size(axis);
    }
    return {input.reshape(target)};
  };
}

Operator make_flatten(const Node& node, const Graph& /*graph*/) {
  return [given = node.integer("axis", 1)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    // Unlike elsewhere, the axis may be the rank itself.
    const std::int64_t axis =
        given == input.dim() ? given : positive_axis(given, input.dim());
    const auto sizes = input.sizes();
    const auto product = [](at::IntArrayRef part) {
      return std::accumulate(
          part.begin(), part.end(), std::int64_t{1}, std::multiplies<>());
    };
    const auto split = static_cast<std::size_t>(axis);
    return {input.reshape(
        {product(sizes.slice(0, split)), product(sizes.slice(split))})};
  };
}

/// Without axes, every dimension of size 1 goes.
Operator make_squeeze(const Node& node, const Graph& graph) {
  return [axes_input =
              IntegerInput(node, graph, 1)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    if (!axes_input.is_present()) {
      return {input.squeeze()};
    }
    const Sizes axes = positive_axes(axes_input.read(inputs), input.dim());
    Sizes shape;
    for (std::int64_t axis = 0; axis < input.dim(); ++axis) {
      const bool removed =
          std::find(axes.begin(), axes.end(), axis) != axes.end();
      OMPQ_CHECK(
          !removed || input.size(axis) == 1,
          ErrorCode::ShapeMismatch,
          "axis {} has size {}, only size 1 can be removed",
          axis,
          input.size(axis));
      if (!removed) {
        shape.push_back(input.size(axis));
      }
    }
    return {input.reshape(shape)};
  };
}

Operator make_unsqueeze(const Node& node, const Graph& graph) {
  return [axes_input =
              IntegerInput(node, graph, 1)](const Tensors& inputs) -> Tensors {
    const Sizes given = axes_input.read(inputs);
    const auto rank = inputs[0].dim() + static_cast<std::int64_t>(given.size());
    Sizes axes = positive_axes(given, rank);
    std::sort(axes.begin(), axes.end());
    at::Tensor result = inputs[0];
    for (const std::int64_t axis : axes) {
      result = result.unsqueeze(axis);
    }
    return {result};
  };
}

/// Broadcasts in both directions: a target of 1 keeps the input's dimension.
Operator make_expand(const Node& node, const Graph& graph) {
  return
      [shape = IntegerInput(node, graph, 1)](const Tensors& inputs) -> Tensors {
        const at::Tensor& input = inputs[0];
        Sizes target = shape.read(inputs);
        const std::size_t rank = static_cast<std::size_t>(input.dim());
        if (target.size() < rank) {
          target.insert(target.begin(), rank - target.size(), 1);
        }
        for (std::size_t i = 0; i < rank; ++i) {
          std::int64_t& size = target[target.size() - rank + i];
          size = size == 1 ? input.sizes()[i] : size;
        }
        return {input.expand(target)};
      };
}

Operator make_tile(const Node& node, const Graph& graph) {
  return [repeats =
              IntegerInput(node, graph, 1)](const Tensors& inputs) -> Tensors {
    return {inputs[0].repeat(repeats.read(inputs))};
  };
}

Operator make_identity(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors { return {inputs[0]}; };
}

/// Inference only: data pass, the mask is all true.
Operator make_dropout(const Node& node, const Graph& graph) {
  return [ratio = ScalarInput(node, graph, 1),
          training = ScalarInput(node, graph, 2),
          with_mask =
              node.output(1).has_value()](const Tensors& inputs) -> Tensors {
    const std::optional<at::Scalar> mode = training.read(inputs);
    if (mode && mode->to<bool>()) {
      const std::optional<at::Scalar> given = ratio.read(inputs);
      OMPQ_CHECK(
          given && given->to<double>() == 0,
          ErrorCode::Unsupported,
          "training_mode is set; export the model for inference");
    }
    Tensors outputs{inputs[0]};
    if (with_mask) {
      outputs.push_back(at::ones_like(inputs[0], at::kBool));
    }
    return outputs;
  };
}

}  // namespace

std::span<const OperatorEntry> shape_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Dropout", 1, 3, make_dropout},
      {"Expand", 2, 2, make_expand},
      {"Flatten", 1, 1, make_flatten},
      {"Identity", 1, 1, make_identity},
      {"Reshape", 2, 2, make_reshape},
      {"Squeeze", 1, 2, make_squeeze},
      {"Tile", 2, 2, make_tile},
      {"Unsqueeze", 2, 2, make_unsqueeze},
  };
  return kOperators;
}

}  // namespace ompq
