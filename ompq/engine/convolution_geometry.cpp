// SPDX-License-Identifier: MIT
#include "ompq/engine/convolution_geometry.h"

#include <algorithm>

#include "ompq/core/error.h"

namespace ompq {
namespace {

Shape pair_attribute(const Node& node, const char* key) {
  const Shape sizes = node.integers(key, {1, 1});
  OMPQ_CHECK(
      sizes.size() == 2 && sizes[0] >= 1 && sizes[1] >= 1,
      ErrorCode::InvalidModel,
      "[engine] node '{}': {} must be two positive numbers, got {}",
      node.name,
      key,
      to_string(sizes));
  return sizes;
}

std::int64_t window(const ConvolutionGeometry& geometry, std::size_t axis) {
  return geometry.dilations[axis] * (geometry.kernel[axis] - 1) + 1;
}

}  // namespace

ConvolutionGeometry read_convolution_geometry(
    const Node& node, const Shape& weight) {
  ConvolutionGeometry geometry{
      .node_name = node.name,
      .auto_pad = node.text("auto_pad", "NOTSET"),
      .kernel = {weight[2], weight[3]},
      .strides = pair_attribute(node, "strides"),
      .dilations = pair_attribute(node, "dilations"),
      .groups = node.integer("group", 1)};
  const Shape pads = node.integers("pads", {0, 0, 0, 0});
  OMPQ_CHECK(
      pads.size() == 4,
      ErrorCode::InvalidModel,
      "[engine] node '{}': pads must be four numbers, got {}",
      node.name,
      to_string(pads));
  geometry.padding = {{pads[0], pads[1]}, {pads[2], pads[3]}};
  OMPQ_CHECK(
      geometry.groups >= 1 && weight[0] % geometry.groups == 0,
      ErrorCode::InvalidModel,
      "[engine] node '{}': {} output channels do not divide into {} groups",
      node.name,
      weight[0],
      geometry.groups);
  return geometry;
}

Padding padding_for(
    const ConvolutionGeometry& geometry, const Shape& input_size) {
  if (geometry.auto_pad == "NOTSET") {
    return geometry.padding;
  }
  Padding padding{{0, 0}, {0, 0}};
  if (geometry.auto_pad == "VALID") {
    return padding;
  }
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t stride = geometry.strides[i];
    const std::int64_t outputs = (input_size[i] + stride - 1) / stride;
    const std::int64_t total = std::max<std::int64_t>(
        0, (outputs - 1) * stride + window(geometry, i) - input_size[i]);
    const std::int64_t smaller = total / 2;
    const bool is_upper = geometry.auto_pad == "SAME_UPPER";
    padding.before[i] = is_upper ? smaller : total - smaller;
    padding.after[i] = is_upper ? total - smaller : smaller;
  }
  return padding;
}

Shape output_size(
    const ConvolutionGeometry& geometry,
    const Shape& input_size,
    const Padding& padding) {
  Shape output(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t padded =
        input_size[i] + padding.before[i] + padding.after[i];
    OMPQ_CHECK(
        padded >= window(geometry, i),
        ErrorCode::ShapeMismatch,
        "[engine] node '{}': a window of {} does not fit into {} padded pixels",
        geometry.node_name,
        window(geometry, i),
        padded);
    output[i] = (padded - window(geometry, i)) / geometry.strides[i] + 1;
  }
  return output;
}

}  // namespace ompq
