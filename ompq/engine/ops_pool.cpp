// SPDX-License-Identifier: MIT
#include <limits>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/pool_window.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

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
  at::Tensor result =
      at::arange(planes, indices.options()).reshape(plane_shape);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t axis = is_column_major ? rank - 1 - i : i;
    result = result * input[axis] + position[axis];
  }
  return result;
}

Operator make_max_pool(const Node& node, const Graph& /*graph*/) {
  return [attributes = read_pool_window(node),
          is_column_major = node.integer("storage_order", 0) != 0,
          with_indices =
              node.output(1).has_value()](const Tensors& inputs) -> Tensors {
    const c10::ScalarType type = inputs[0].scalar_type();
    const bool is_float = c10::isFloatingType(type);
    OMPQ_CHECK(
        is_float || type == at::kByte || type == at::kChar,
        ErrorCode::Unsupported,
        "only floating-point and 8-bit integer inputs are supported");
    const Sizes sizes = spatial_sizes(inputs[0]);
    const SpatialWindow window = attributes.over(sizes, attributes.kernel());
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

}  // namespace

std::span<const OperatorEntry> pool_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"GlobalAveragePool", 1, 1, make_global_average_pool},
      {"GlobalMaxPool", 1, 1, make_global_max_pool},
      {"MaxPool", 1, 1, make_max_pool},
  };
  return kOperators;
}

}  // namespace ompq
