// SPDX-License-Identifier: MIT
#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/spatial_window.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

std::int64_t read_groups(const Node& node) {
  const std::int64_t groups = node.integer("group", 1);
  OMPQ_CHECK(
      groups >= 1,
      ErrorCode::InvalidModel,
      "group must be at least 1, got {}",
      groups);
  return groups;
}

/// What a convolution pads by itself, the same on both sides of an axis.
Sizes symmetric_part(const SpatialWindow& window) {
  Sizes result(window.rank());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = std::max<std::int64_t>(
        std::min(window.pad_begin[i], window.pad_end[i]), 0);
  }
  return result;
}

Sizes minus(const Sizes& left, const Sizes& right) {
  Sizes result(left.size());
  std::transform(
      left.begin(),
      left.end(),
      right.begin(),
      result.begin(),
      std::minus<std::int64_t>());
  return result;
}

Operator make_conv(const Node& node, const Graph& /*graph*/) {
  return [attributes = WindowAttributes(node),
          groups = read_groups(node)](const Tensors& inputs) -> Tensors {
    const at::Tensor& weight = inputs[1];
    const SpatialWindow window =
        attributes.over(spatial_sizes(inputs[0]), spatial_sizes(weight));
    const Sizes padding = symmetric_part(window);
    const at::Tensor input = pad_spatial(
        inputs[0],
        minus(window.pad_begin, padding),
        minus(window.pad_end, padding),
        0);
    return {at::convolution(
        input,
        weight,
        optional_input(inputs, 2),
        window.stride,
        padding,
        window.dilation,
        false,
        Sizes(window.rank(), 0),
        groups)};
  };
}

/// Attributes of ConvTranspose beyond those of a window.
struct TransposedShape {
  Sizes output_padding;
  Sizes output_shape;
};

/// Cuts (negative) or adds (positive) at both ends of each axis of the full
/// output, whose size is (input - 1) stride + extent.
struct Crop {
  Sizes begin;
  Sizes end;
};

Crop crop_of(
    const SpatialWindow& window,
    const TransposedShape& shape,
    AutoPad auto_pad,
    const Sizes& input) {
  const std::size_t rank = window.rank();
  const bool is_same =
      auto_pad == AutoPad::SameUpper || auto_pad == AutoPad::SameLower;
  Crop crop{Sizes(rank), Sizes(rank)};
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t extra =
        shape.output_padding.empty() ? 0 : shape.output_padding.at(i);
    crop.begin[i] = -window.pad_begin[i];
    crop.end[i] = extra - window.pad_end[i];
    if (!is_same && shape.output_shape.empty()) {
      continue;
    }
    const std::int64_t full =
        (input[i] - 1) * window.stride[i] + window.extent(i) + extra;
    const std::int64_t target = shape.output_shape.empty()
                                    ? input[i] * window.stride[i]
                                    : shape.output_shape.at(i);
    const std::int64_t total = full - target;
    // A target beyond the last window is filled at the end.
    const std::int64_t cut = std::max<std::int64_t>(total, 0);
    const std::int64_t first =
        auto_pad == AutoPad::SameUpper ? cut / 2 : cut - cut / 2;
    crop.begin[i] = -first;
    crop.end[i] = extra - (total - first);
  }
  return crop;
}

at::Tensor add_channel_bias(const at::Tensor& output, const at::Tensor& bias) {
  if (!bias.defined()) {
    return output;
  }
  Sizes shape(static_cast<std::size_t>(output.dim()), 1);
  shape[1] = bias.numel();
  return output + bias.reshape(shape);
}

Operator make_conv_transpose(const Node& node, const Graph& /*graph*/) {
  const TransposedShape shape{
      node.integers("output_padding", {}), node.integers("output_shape", {})};
  return [attributes = WindowAttributes(node),
          groups = read_groups(node),
          shape](const Tensors& inputs) -> Tensors {
    const at::Tensor& weight = inputs[1];
    const at::Tensor bias = optional_input(inputs, 2);
    const Sizes sizes = spatial_sizes(inputs[0]);
    const SpatialWindow window = attributes.unplaced(spatial_sizes(weight));
    OMPQ_CHECK(
        sizes.size() == window.rank() &&
            (shape.output_padding.empty() ||
             shape.output_padding.size() == window.rank()) &&
            (shape.output_shape.empty() ||
             shape.output_shape.size() == window.rank()),
        ErrorCode::ShapeMismatch,
        "input, weight, output_padding and output_shape must have the same "
        "number of spatial axes");
    const Crop crop = crop_of(window, shape, attributes.auto_pad(), sizes);
    const Sizes zeros(window.rank(), 0);
    // The convolution crops evenly by itself; anything else is cut (or, where
    // output_padding reaches past the last window, filled) afterwards.
    const bool is_even =
        crop.begin == crop.end &&
        std::all_of(crop.begin.begin(), crop.begin.end(), [](std::int64_t c) {
          return c <= 0;
        });
    const at::Tensor output = at::convolution(
        inputs[0],
        weight,
        is_even ? bias : at::Tensor(),
        window.stride,
        is_even ? minus(zeros, crop.begin) : zeros,
        window.dilation,
        true,
        zeros,
        groups);
    if (is_even) {
      return {output};
    }
    return {
        add_channel_bias(pad_spatial(output, crop.begin, crop.end, 0), bias)};
  };
}

}  // namespace

std::span<const OperatorEntry> conv_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"Conv", 2, 3, make_conv},
      {"ConvTranspose", 2, 3, make_conv_transpose},
  };
  return kOperators;
}

}  // namespace ompq
