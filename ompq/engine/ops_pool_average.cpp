// SPDX-License-Identifier: MIT
#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/pool_window.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

at::Tensor mean_of_windows(
    const at::Tensor& input, const SpatialWindow& window, const Sizes& pads) {
  if (window.rank() == 1) {
    return at::avg_pool1d(input, window.kernel, window.stride, pads);
  }
  return window.rank() == 2
             ? at::avg_pool2d(input, window.kernel, window.stride, pads)
             : at::avg_pool3d(input, window.kernel, window.stride, pads);
}

/// Sum over each window of an input that needs no more padding.
at::Tensor sum_of_windows(
    const at::Tensor& input, const SpatialWindow& window) {
  at::Tensor result = input;
  for (std::size_t i = 0; i < window.rank(); ++i) {
    const auto axis = static_cast<std::int64_t>(i) + 2;
    result = result.unfold(axis, window.extent(i), window.stride[i])
                 .slice(-1, 0, window.extent(i), window.dilation[i])
                 .sum(-1);
  }
  return result;
}

/// How many elements each window averages over, shape [1, 1, spatial...].
at::Tensor window_counts(
    const at::Tensor& input,
    const SpatialWindow& window,
    const Sizes& end,
    bool count_include_pad) {
  const Sizes sizes = spatial_sizes(input);
  Sizes shape{1, 1};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  at::Tensor ones = at::ones(shape, input.options());
  Sizes rest = end;
  if (count_include_pad) {
    Sizes counted_end(window.rank());
    for (std::size_t i = 0; i < rest.size(); ++i) {
      counted_end[i] = std::min(window.pad_end[i], end[i]);
      rest[i] = end[i] - counted_end[i];
    }
    ones = pad_spatial(ones, window.pad_begin, counted_end, 1);
    ones = pad_spatial(ones, Sizes(window.rank(), 0), rest, 0);
  } else {
    ones = pad_spatial(ones, window.pad_begin, end, 0);
  }
  return sum_of_windows(ones, window);
}

Operator make_average_pool(const Node& node, const Graph& /*graph*/) {
  return [attributes = read_pool_window(node),
          count_include_pad = node.integer("count_include_pad", 0) !=
                              0](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const Sizes sizes = spatial_sizes(input);
    const SpatialWindow window = attributes.over(sizes, attributes.kernel());
    const bool is_unpadded =
        window.pad_begin == Sizes(window.rank(), 0) || count_include_pad;
    if (!window.is_dilated() && is_unpadded &&
        has_plain_padding(window, sizes)) {
      return {mean_of_windows(input, window, window.pad_begin)};
    }
    const Sizes end = reached_end(window, sizes);
    const at::Tensor padded = pad_spatial(input, window.pad_begin, end, 0);
    return {
        sum_of_windows(padded, window) /
        window_counts(input, window, end, count_include_pad)};
  };
}

/// y = (sum of |x|^p)^(1/p)
Operator make_lp_pool(const Node& node, const Graph& /*graph*/) {
  const std::int64_t power = node.integer("p", 2);
  OMPQ_CHECK(
      power >= 1,
      ErrorCode::InvalidModel,
      "p must be at least 1, got {}",
      power);
  return [attributes = read_pool_window(node),
          power](const Tensors& inputs) -> Tensors {
    const Sizes sizes = spatial_sizes(inputs[0]);
    const SpatialWindow window = attributes.over(sizes, attributes.kernel());
    const at::Tensor powers = at::pow(inputs[0].abs(), power);
    const at::Tensor padded =
        pad_spatial(powers, window.pad_begin, reached_end(window, sizes), 0);
    return {at::pow(
        sum_of_windows(padded, window), 1.0 / static_cast<double>(power))};
  };
}

}  // namespace

std::span<const OperatorEntry> average_pool_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"AveragePool", 1, 1, make_average_pool},
      {"LpPool", 1, 1, make_lp_pool},
  };
  return kOperators;
}

}  // namespace ompq
