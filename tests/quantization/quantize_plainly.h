// SPDX-License-Identifier: MIT
// Quantizes networks in the plainest way, for tests of what comes after.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// How quantize_plainly() does it.
struct PlainOptions {
  IntegerGrid weights{.bits = 4, .is_signed = false};
  /// Zero points in the middle of the grid.
  bool has_symmetric_weights = false;
  /// Elements that share a scale along the input axis of Gemm and MatMul.
  std::int64_t group_size = 0;
  /// Every value that a layer reads is put on this grid...
  IntegerGrid activations{.bits = 8, .is_signed = false};
  /// ...with this scale; 0 = activations stay float.
  float activation_scale = 0.05F;
  std::int32_t activation_zero_point = 20;
};

/// Axis of a weight along which the output channels lie, and the input axis.
inline std::pair<std::int64_t, std::int64_t> plain_axes(
    const Layer& layer, const Node& node) {
  const auto rank = static_cast<std::int64_t>(layer.weight_shape.size());
  switch (layer.kind) {
    case LayerKind::Conv:
      return {0, 1};
    case LayerKind::ConvTranspose:
      return {1, 0};
    case LayerKind::Gemm:
      return node.integer("transB", 0) != 0 ? std::pair{0L, 1L}
                                            : std::pair{1L, 0L};
    case LayerKind::MatMul:
      break;
  }
  return {rank - 1, rank - 2};
}

/// Min-max scales, nearest rounding.
inline QuantizedLayer quantize_layer_plainly(
    const Graph& graph, const Layer& layer, const PlainOptions& options) {
  const Node& node = graph.node(layer.node);
  const std::vector<double> weights =
      graph.constant_input(node, 1)->to_double();
  const auto [axis, group_axis] = plain_axes(layer, node);
  const Shape& shape = layer.weight_shape;
  const bool has_groups =
      options.group_size > 0 &&
      (layer.kind == LayerKind::Gemm || layer.kind == LayerKind::MatMul);
  const std::int64_t group_size =
      has_groups ? options.group_size : shape[group_axis];
  const std::int64_t groups = (shape[group_axis] + group_size - 1) / group_size;
  const auto stride = [&](std::int64_t of) {
    std::int64_t elements = 1;
    for (std::size_t i = of + 1; i < shape.size(); ++i) {
      elements *= shape[i];
    }
    return elements;
  };
  const auto group_of = [&](std::size_t i) {
    const auto index = static_cast<std::int64_t>(i);
    const std::int64_t channel = index / stride(axis) % shape[axis];
    const std::int64_t along = index / stride(group_axis) % shape[group_axis];
    return static_cast<std::size_t>(channel * groups + along / group_size);
  };
  const auto count = static_cast<std::size_t>(shape[axis] * groups);
  std::vector<double> low(count, 0.0);
  std::vector<double> high(count, 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    low[group_of(i)] = std::min(low[group_of(i)], weights[i]);
    high[group_of(i)] = std::max(high[group_of(i)], weights[i]);
  }
  QuantizedLayer result{.name = layer.name};
  QuantizedWeight& weight = result.weight;
  weight.grid = options.weights;
  weight.shape = shape;
  weight.axis = axis;
  weight.group_size = has_groups ? group_size : 0;
  weight.group_axis = has_groups ? group_axis : 0;
  const int lowest = weight.grid.lowest();
  const int highest = weight.grid.highest();
  for (std::size_t g = 0; g < count; ++g) {
    if (options.has_symmetric_weights) {
      high[g] = std::max(high[g], -low[g]);
      low[g] = -high[g];
    }
    const double range = std::max(high[g] - low[g], 1e-6);
    weight.scales.push_back(static_cast<float>(range / weight.grid.steps()));
    weight.zero_points.push_back(
        options.has_symmetric_weights
            ? lowest + (weight.grid.steps() + 1) / 2
            : std::clamp(
                  lowest +
                      static_cast<int>(std::lround(-low[g] / weight.scales[g])),
                  lowest,
                  highest));
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t g = group_of(i);
    const auto code = static_cast<int>(
        std::lround(weights[i] / weight.scales[g]) + weight.zero_points[g]);
    weight.codes.push_back(std::clamp(code, lowest, highest));
  }
  return result;
}

/// Every layer, and every value that one reads.
inline QuantizedModel quantize_plainly(
    const Graph& graph, const PlainOptions& options = {}) {
  QuantizedModel model;
  std::vector<ValueId> values;
  for (const Layer& layer : find_quantizable_layers(graph).layers) {
    model.layers.push_back(quantize_layer_plainly(graph, layer, options));
    values.push_back(*graph.node(layer.node).input(0));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (const ValueId id : values) {
    if (options.activation_scale > 0.0F) {
      model.activations.push_back(
          {.value = graph.value(id).name,
           .grid = options.activations,
           .parameters = {
               .scale = options.activation_scale,
               .zero_point = options.activation_zero_point}});
    }
  }
  return model;
}

}  // namespace ompq
