// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// Real weights of a layer, from the integers.
inline std::vector<float> real_weights(
    const Graph& graph, const std::string& layer) {
  const Node& node = graph.node(*graph.find_node(layer));
  const auto elements = graph.constant_input(node, 1)->elements<float>();
  return {elements.begin(), elements.end()};
}

/// The same weights, by the definition of QuantizedWeight.
inline std::vector<float> real_weights(const QuantizedWeight& weight) {
  const auto stride = [&](std::int64_t of) {
    std::int64_t elements = 1;
    for (auto i = static_cast<std::size_t>(of) + 1; i < weight.shape.size();
         ++i) {
      elements *= weight.shape[i];
    }
    return elements;
  };
  const auto channels = weight.shape[static_cast<std::size_t>(weight.axis)];
  const auto groups =
      static_cast<std::int64_t>(weight.scales.size()) / channels;
  std::vector<float> reals;
  for (std::size_t i = 0; i < weight.codes.size(); ++i) {
    const auto at = [&](std::int64_t axis) {
      return static_cast<std::int64_t>(i) / stride(axis) %
             weight.shape[static_cast<std::size_t>(axis)];
    };
    const std::int64_t group =
        weight.group_size > 0 ? at(weight.group_axis) / weight.group_size : 0;
    const auto g = static_cast<std::size_t>(at(weight.axis) * groups + group);
    reals.push_back(
        static_cast<float>(weight.codes[i] - weight.zero_points[g]) *
        weight.scales[g]);
  }
  return reals;
}

}  // namespace ompq
