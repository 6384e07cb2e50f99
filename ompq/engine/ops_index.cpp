// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

/// Elements start, start + step, ... before `end` of one axis.
at::Tensor slice_axis(
    const at::Tensor& input,
    std::int64_t axis,
    std::int64_t start,
    std::int64_t end,
    std::int64_t step) {
  OMPQ_CHECK(step != 0, ErrorCode::InvalidModel, "a step must not be 0");
  const std::int64_t size = input.size(axis);
  const auto from_front = [size](std::int64_t position) {
    return position < 0 ? position + size : position;
  };
  if (step > 0) {
    const auto first = std::clamp<std::int64_t>(from_front(start), 0, size);
    const auto last = std::clamp<std::int64_t>(from_front(end), first, size);
    const auto stride = std::min(step, std::max<std::int64_t>(size, 1));
    return input.slice(axis, first, last, stride);
  }
  // A negative step takes the same elements forwards, then flips them.
  const auto first = std::clamp<std::int64_t>(from_front(start), -1, size - 1);
  const auto last = std::clamp<std::int64_t>(from_front(end), -1, size - 1);
  if (first <= last) {
    return input.slice(axis, 0, 0);
  }
  const std::int64_t stride = step < -size ? size : -step;
  const std::int64_t count = (first - last + stride - 1) / stride;
  const std::int64_t lowest = first - (count - 1) * stride;
  return input.slice(axis, lowest, first + 1, stride).flip({axis});
}

Operator make_slice(const Node& node, const Graph& graph) {
  return [starts_input = IntegerInput(node, graph, 1),
          ends_input = IntegerInput(node, graph, 2),
          axes_input = IntegerInput(node, graph, 3),
          steps_input =
              IntegerInput(node, graph, 4)](const Tensors& inputs) -> Tensors {
    const Sizes starts = starts_input.read(inputs);
    const Sizes ends = ends_input.read(inputs);
    Sizes axes = axes_input.read(inputs);
    Sizes steps = steps_input.read(inputs);
    for (std::size_t i = 0; !axes_input.is_present() && i < starts.size();
         ++i) {
      axes.push_back(static_cast<std::int64_t>(i));
    }
    if (!steps_input.is_present()) {
      steps.assign(starts.size(), 1);
    }
    OMPQ_CHECK(
        ends.size() == starts.size() && axes.size() == starts.size() &&
            steps.size() == starts.size(),
        ErrorCode::ShapeMismatch,
        "starts, ends, axes and steps have {}, {}, {} and {} entries",
        starts.size(),
        ends.size(),
        axes.size(),
        steps.size());
    at::Tensor result = inputs[0];
    axes = positive_axes(axes, result.dim());
    for (std::size_t i = 0; i < axes.size(); ++i) {
      result = slice_axis(result, axes[i], starts[i], ends[i], steps[i]);
    }
    return {result};
  };
}

Operator make_gather(const Node& node, const Graph& /*graph*/) {
  return [given = node.integer("axis", 0)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const std::int64_t axis = positive_axis(given, input.dim());
    const at::Tensor& indices = inputs[1];
    if (indices.dim() == 0) {
      return {input.select(axis, indices.item<std::int64_t>())};
    }
    const at::Tensor index = positive_indices(indices, input.size(axis));
    const at::Tensor taken = input.index_select(axis, index.reshape({-1}));
    Sizes shape = input.sizes().vec();
    const auto place = shape.begin() + axis;
    shape.insert(
        shape.erase(place), indices.sizes().begin(), indices.sizes().end());
    return {taken.reshape(shape)};
  };
}

Operator make_gather_elements(const Node& node, const Graph& /*graph*/) {
  return [given = node.integer("axis", 0)](const Tensors& inputs) -> Tensors {
    const std::int64_t axis = positive_axis(given, inputs[0].dim());
    const at::Tensor index = positive_indices(inputs[1], inputs[0].size(axis));
    return {at::gather(inputs[0], axis, index)};
  };
}

/// Keeps the slices along `axis` (without it: the elements) where the
/// condition holds.
Operator make_compress(const Node& node, const Graph& /*graph*/) {
  const bool has_axis = node.has("axis");
  return [has_axis,
          given = node.integer("axis", 0)](const Tensors& inputs) -> Tensors {
    const at::Tensor input = has_axis ? inputs[0] : inputs[0].reshape({-1});
    const at::Tensor index = at::nonzero(inputs[1]).reshape({-1});
    return {input.index_select(positive_axis(given, input.dim()), index)};
  };
}

Operator make_non_zero(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {at::nonzero(inputs[0]).t()};
  };
}

/// Sorts stably: of equal elements the one with the lower index comes first.
Operator make_top_k(const Node& node, const Graph& graph) {
  return [count_input = ScalarInput(node, graph, 1),
          given = node.integer("axis", -1),
          is_largest = node.integer("largest", 1) !=
                       0](const Tensors& inputs) -> Tensors {
    const std::int64_t axis = positive_axis(given, inputs[0].dim());
    const auto count = count_input.read(inputs)->to<std::int64_t>();
    OMPQ_CHECK(
        count >= 0 && count <= inputs[0].size(axis),
        ErrorCode::ShapeMismatch,
        "K is {}, axis {} has {} elements",
        count,
        axis,
        inputs[0].size(axis));
    const auto [values, indices] =
        at::sort(inputs[0], /*stable=*/true, axis, is_largest);
    return {values.narrow(axis, 0, count), indices.narrow(axis, 0, count)};
  };
}

/// values = [off, on]; indices outside [-depth, depth) give only "off".
Operator make_one_hot(const Node& node, const Graph& graph) {
  return [depth_input = ScalarInput(node, graph, 1),
          given = node.integer("axis", -1)](const Tensors& inputs) -> Tensors {
    const auto depth = depth_input.read(inputs)->to<std::int64_t>();
    const std::int64_t axis = positive_axis(given, inputs[0].dim() + 1);
    const at::Tensor index = positive_indices(inputs[0], depth);
    Sizes shape(static_cast<std::size_t>(inputs[0].dim()) + 1, 1);
    shape[static_cast<std::size_t>(axis)] = depth;
    const at::Tensor classes =
        at::arange(depth, index.options()).reshape(shape);
    const at::Tensor is_on = index.unsqueeze(axis) == classes;
    return {at::where(is_on, inputs[2].select(0, 1), inputs[2].select(0, 0))};
  };
}

}  // namespace

std::span<const OperatorEntry> index_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Compress", 2, 2, make_compress},
      {"Gather", 2, 2, make_gather},
      {"GatherElements", 2, 2, make_gather_elements},
      {"NonZero", 1, 1, make_non_zero},
      {"OneHot", 3, 3, make_one_hot},
      {"Slice", 3, 5, make_slice},
      {"TopK", 2, 2, make_top_k},
  };
  return kOperators;
}

}  // namespace ompq
