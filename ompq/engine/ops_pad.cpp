// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

/// Where the elements of a padding come from.
enum class PadMode { Constant, Reflect, Edge, Wrap };

PadMode parse_pad_mode(const std::string& text) {
  if (text == "constant") {
    return PadMode::Constant;
  }
  if (text == "reflect") {
    return PadMode::Reflect;
  }
  if (text == "edge") {
    return PadMode::Edge;
  }
  OMPQ_CHECK(
      text == "wrap",
      ErrorCode::InvalidModel,
      "mode must be constant, reflect, edge or wrap, got '{}'",
      text);
  return PadMode::Wrap;
}

/// Amounts before and after every axis of the input.
struct Pads {
  Sizes begin;
  Sizes end;
};

Pads spread_pads(
    const Sizes& pads, const Sizes& axes, bool has_axes, std::int64_t rank) {
  const auto count = has_axes ? axes.size() : static_cast<std::size_t>(rank);
  OMPQ_CHECK(
      pads.size() == 2 * count,
      ErrorCode::ShapeMismatch,
      "pads must have {} entries, got {}",
      2 * count,
      pads.size());
  const Sizes places = positive_axes(axes, rank);
  Pads result{
      Sizes(static_cast<std::size_t>(rank)),
      Sizes(static_cast<std::size_t>(rank))};
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t axis = has_axes ? static_cast<std::size_t>(places[i]) : i;
    result.begin[axis] = pads[i];
    result.end[axis] = pads[count + i];
  }
  return result;
}

at::Tensor pad_constant(
    const at::Tensor& input, const Pads& pads, const at::Scalar& value) {
  Sizes amounts;
  for (std::size_t axis = pads.begin.size(); axis-- > 0;) {
    amounts.push_back(pads.begin[axis]);
    amounts.push_back(pads.end[axis]);
  }
  return at::constant_pad_nd(input, amounts, value);
}

/// Index into an axis of `size` elements for each padded position.
at::Tensor source_indices(
    std::int64_t begin, std::int64_t end, std::int64_t size, PadMode mode) {
  const at::Tensor position = at::arange(-begin, size + end, at::kLong);
  if (mode == PadMode::Edge || size == 1) {
    return at::clamp(position, 0, size - 1);
  }
  if (mode == PadMode::Wrap) {
    return at::remainder(position, size);
  }
  const std::int64_t period = 2 * (size - 1);
  const at::Tensor phase = at::remainder(position, period);
  return at::minimum(phase, period - phase);
}

at::Tensor pad_from_input(
    const at::Tensor& input, const Pads& pads, PadMode mode) {
  at::Tensor result = input;
  for (std::int64_t axis = 0; axis < input.dim(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    if (pads.begin[i] == 0 && pads.end[i] == 0) {
      continue;
    }
    // What a negative amount cuts off is not a source for the other end.
    const std::int64_t first = std::max<std::int64_t>(-pads.begin[i], 0);
    const std::int64_t last =
        input.size(axis) - std::max<std::int64_t>(-pads.end[i], 0);
    const at::Tensor kept = result.slice(axis, first, last);
    OMPQ_CHECK(
        kept.size(axis) > 0,
        ErrorCode::ShapeMismatch,
        "axis {} has no elements to pad from",
        axis);
    const at::Tensor source = source_indices(
        std::max<std::int64_t>(pads.begin[i], 0),
        std::max<std::int64_t>(pads.end[i], 0),
        kept.size(axis),
        mode);
    result = kept.index_select(axis, source.to(input.device()));
  }
  return result;
}

Operator make_pad(const Node& node, const Graph& graph) {
  return [mode = parse_pad_mode(node.text("mode", "constant")),
          pads_input = IntegerInput(node, graph, 1),
          value_input = ScalarInput(node, graph, 2),
          axes_input =
              IntegerInput(node, graph, 3)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const Pads pads = spread_pads(
        pads_input.read(inputs),
        axes_input.read(inputs),
        axes_input.is_present(),
        input.dim());
    if (mode == PadMode::Constant) {
      return {pad_constant(
          input, pads, value_input.read(inputs).value_or(at::Scalar(0)))};
    }
    return {pad_from_input(input, pads, mode)};
  };
}

}  // namespace

std::span<const OperatorEntry> pad_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Pad", 2, 4, make_pad},
  };
  return kOperators;
}

}  // namespace ompq
