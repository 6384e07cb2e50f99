// SPDX-License-Identifier: MIT
// Where the scales and zero points of a Quant node change.
#include <algorithm>
#include <numeric>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/element_selection.h"
#include "ompq/graph/quant_parameters.h"
#include "ompq/graph/shape_arithmetic.h"

namespace ompq::detail {
namespace {

/// For each axis, the largest length such that neither scale nor zero point
/// changes within consecutive runs of it; the axis' size if they never do.
std::vector<std::int64_t> runs_of(const QuantParameters& parameters) {
  const Shape& shape = parameters.scale.shape();
  const auto scales = parameters.scale.elements<float>();
  const auto zeros = parameters.zero_point.elements<std::int64_t>();
  std::vector<std::int64_t> runs(shape.size(), 0);
  std::int64_t inner = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    for (std::size_t i = 0; i < scales.size(); ++i) {
      const std::int64_t along =
          static_cast<std::int64_t>(i) / inner % shape[axis];
      const std::size_t before =
          along > 0 ? i - static_cast<std::size_t>(inner) : i;
      if (scales[i] != scales[before] || zeros[i] != zeros[before]) {
        runs[axis] = std::gcd(runs[axis], along);
      }
    }
    runs[axis] = runs[axis] == 0 ? shape[axis] : runs[axis];
    inner *= shape[axis];
  }
  return runs;
}

/// Every `steps[axis]`-th slice along each axis.
Constant every(const Constant& from, const std::vector<std::int64_t>& steps) {
  AxisMaps maps;
  for (std::size_t axis = 0; axis < steps.size(); ++axis) {
    maps.emplace_back();
    for (std::int64_t i = 0; i < from.shape()[axis]; i += steps[axis]) {
      maps.back().push_back(i);
    }
  }
  return select_elements(from, maps);
}

/// One scale for each block along the axis with the longest runs, given for
/// every position of the other axes.
LinearParameters in_blocks(
    const QuantParameters& parameters, DataType container) {
  const Shape& shape = parameters.scale.shape();
  const std::vector<std::int64_t> runs = runs_of(parameters);
  const auto longest = std::ranges::max_element(runs);
  const auto axis = static_cast<std::size_t>(longest - runs.begin());
  std::vector<std::int64_t> steps(shape.size(), 1);
  steps[axis] = *longest;
  return {
      .scale = every(parameters.scale, steps),
      .zero_point = every(parameters.zero_point, steps).cast(container),
      .axis = static_cast<std::int64_t>(axis) -
              static_cast<std::int64_t>(shape.size()),
      .block_size = *longest};
}

void check_fits(const Shape& own, const Shape& shape, const Node& node) {
  OMPQ_CHECK(
      broadcast_shapes(own, shape) == shape,
      ErrorCode::ShapeMismatch,
      "[canonicalize] node '{}' ({}): scales or zero points of shape {} do "
      "not fit an input of shape {}",
      node.name,
      node.op_type,
      to_string(own),
      to_string(shape));
}

}  // namespace

QuantParameters stretched(
    const QuantParameters& parameters, const Shape& shape) {
  return {
      .lowest = parameters.lowest,
      .highest = parameters.highest,
      .scale = broadcast_to(parameters.scale, shape),
      .zero_point = broadcast_to(parameters.zero_point, shape)};
}

LinearParameters linear_parameters(
    const QuantParameters& parameters,
    const std::optional<Shape>& shape,
    const Node& node) {
  const DataType container = container_of(parameters, node, shape.has_value());
  const Shape& own = parameters.scale.shape();
  if (shape.has_value()) {
    check_fits(own, *shape, node);
  }
  const std::vector<std::int64_t> runs = runs_of(parameters);
  std::vector<std::int64_t> steps = own;
  std::optional<std::int64_t> axis;
  Shape kept;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (runs[i] == own[i]) {
      continue;
    }
    if (axis.has_value()) {
      OMPQ_CHECK(
          shape.has_value(),
          ErrorCode::Unsupported,
          "[canonicalize] node '{}' ({}): scales or zero points of shape {} "
          "change along more than one axis; ompq runs activations with one "
          "for the tensor or for each channel",
          node.name,
          node.op_type,
          to_string(own));
      return in_blocks(stretched(parameters, *shape), container);
    }
    axis = static_cast<std::int64_t>(i) - static_cast<std::int64_t>(own.size());
    steps[i] = 1;
    kept = {own[i]};
  }
  return {
      .scale = every(parameters.scale, steps).reshaped(kept),
      .zero_point =
          every(parameters.zero_point, steps).reshaped(kept).cast(container),
      .axis = axis};
}

}  // namespace ompq::detail
