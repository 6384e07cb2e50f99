// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/spatial_window.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

SpatialWindow window_over(
    const WindowAttributes& attributes, const at::Tensor& input) {
  return attributes.over(spatial_sizes(input), attributes.kernel());
}

WindowAttributes read_window(const Node& node) {
  WindowAttributes attributes(node);
  const std::size_t rank = attributes.kernel().size();
  OMPQ_CHECK(
      rank >= 1 && rank <= 3,
      rank == 0 ? ErrorCode::InvalidModel : ErrorCode::Unsupported,
      "kernel_shape must have 1 to 3 entries, got {}",
      rank);
  return attributes;
}

/// Padding after each axis that makes exactly window.output positions: more
/// than pad_end with ceil_mode, less where the last window does not reach it.
Sizes reached_end(const SpatialWindow& window, const Sizes& input) {
  Sizes end(window.rank());
  for (std::size_t i = 0; i < end.size(); ++i) {
    const std::int64_t reached =
        (window.output[i] - 1) * window.stride[i] + window.extent(i);
    end[i] = reached - input[i] - window.pad_begin[i];
  }
  return end;
}

/// True if the pool functions can apply the pads themselves: the same on both
/// sides, at most half a window, and no window beyond them.
bool has_plain_padding(const SpatialWindow& window, const Sizes& input) {
  for (std::size_t i = 0; i < window.rank(); ++i) {
    const std::int64_t pad = window.pad_begin[i];
    const std::int64_t padded = input[i] + pad + window.pad_end[i];
    const std::int64_t floor_positions =
        (padded - window.extent(i)) / window.stride[i] + 1;
    if (pad != window.pad_end[i] || pad < 0 || 2 * pad > window.kernel[i] ||
        window.output[i] != floor_positions) {
      return false;
    }
  }
  return true;
}

/// Largest value per window, and its position in the flattened spatial axes.
std::tuple<at::Tensor, at::Tensor> max_pool_with_indices(
    const at::Tensor& input, const SpatialWindow& window, const Sizes& pads) {
  if (window.rank() == 1) {
    return at::max_pool1d_with_indices(
        input, window.kernel, window.stride, pads, window.dilation);
  }
  return window.rank() == 2
             ? at::max_pool2d_with_indices(
                   input, window.kernel, window.stride, pads, window.dilation)
             : at::max_pool3d_with_indices(
                   input, window.kernel, window.stride, pads, window.dilation);
}

at::Tensor max_pool(
    const at::Tensor& input, const SpatialWindow& window, const Sizes& pads) {
  if (window.rank() == 2) {
    return at::max_pool2d(
        input, window.kernel, window.stride, pads, window.dilation);
  }
  return std::get<0>(max_pool_with_indices(input, window, pads));
}

double lowest_value(c10::ScalarType type) {
  if (c10::isFloatingType(type)) {
    return -std::numeric_limits<double>::infinity();
  }
  return type == at::kByte ? 0 : -128;
}

/// ONNX counts positions over all axes, in row-major or column-major order of
/// the spatial ones; the pool function counts inside one padded plane.
at::Tensor global_indices(
    const at::Tensor& indices,
    const Sizes& input,
    const Sizes& begin,
    const Sizes& padded,
    bool is_column_major) {
  const std::size_t rank = input.size();
  at::Tensor rest = indices;
  std::vector<at::Tensor> position(rank);
  for (std::size_t i = rank; i-- > 0;) {
    position[i] = at::remainder(rest, padded[i]) - begin[i];
    rest = at::div(rest, padded[i], "floor");
  }
  const std::int64_t planes = indices.size(0) * indices.size(1);
  Sizes plane_shape(indices.dim(), 1);
  plane_shape[0] = indices.size(0);
  plane_shape[1] = indices.size(1);
  at::Tensor result = at::arange(planes, at::kLong).reshape(plane_shape);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t axis = is_column_major ? rank - 1 - i : i;
    result = result * input[axis] + position[axis];
  }
  return result;
}

Operator make_max_pool(const Node& node, const Graph& /*graph*/) {
  return [attributes = read_window(node),
          is_column_major = node.integer("storage_order", 0) != 0,
          with_indices = node.output(1).has_value()](
             const Tensors& inputs) -> Tensors {
    const c10::ScalarType type = inputs[0].scalar_type();
    const bool is_float = c10::isFloatingType(type);
    OMPQ_CHECK(
        is_float || type == at::kByte || type == at::kChar,
        ErrorCode::Unsupported,
        "only floating-point and 8-bit integer inputs are supported");
    const Sizes sizes = spatial_sizes(inputs[0]);
    const SpatialWindow window = window_over(attributes, inputs[0]);
    const at::Tensor input = is_float ? inputs[0] : inputs[0].to(at::kFloat);
    const Sizes zeros(window.rank(), 0);
    const bool is_plain = has_plain_padding(window, sizes);
    const at::Tensor padded = is_plain ? input
                                       : pad_spatial(
                                             input,
                                             window.pad_begin,
                                             reached_end(window, sizes),
                                             lowest_value(type));
    const Sizes pads = is_plain ? window.pad_begin : zeros;
    if (!with_indices) {
      return {max_pool(padded, window, pads).to(type)};
    }
    const auto [output, indices] = max_pool_with_indices(padded, window, pads);
    return {
        output.to(type),
        global_indices(
            indices,
            sizes,
            is_plain ? zeros : window.pad_begin,
            spatial_sizes(padded),
            is_column_major)};
  };
}

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
at::Tensor sum_of_windows(const at::Tensor& input, const SpatialWindow& window) {
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
  return [attributes = read_window(node),
          count_include_pad = node.integer("count_include_pad", 0) != 0](
             const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const Sizes sizes = spatial_sizes(input);
    const SpatialWindow window = window_over(attributes, input);
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

Sizes spatial_axes(const at::Tensor& input) {
  Sizes axes(spatial_sizes(input).size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    axes[i] = static_cast<std::int64_t>(i) + 2;
  }
  return axes;
}

Operator make_global_average_pool(const Node& /*node*/, const Graph& /*g*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {inputs[0].mean(spatial_axes(inputs[0]), true)};
  };
}

Operator make_global_max_pool(const Node& /*node*/, const Graph& /*g*/) {
  return [](const Tensors& inputs) -> Tensors {
    return {at::amax(inputs[0], spatial_axes(inputs[0]), true)};
  };
}

constexpr OperatorEntry kOperators[] = {
    {"AveragePool", 1, 1, make_average_pool},
    {"GlobalAveragePool", 1, 1, make_global_average_pool},
    {"GlobalMaxPool", 1, 1, make_global_max_pool},
    {"MaxPool", 1, 1, make_max_pool},
};

}  // namespace

std::span<const OperatorEntry> pool_operators() { return kOperators; }

}  // namespace ompq
