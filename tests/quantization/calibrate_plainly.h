// SPDX-License-Identifier: MIT
// Grids of activations for random inputs, for tests of what comes after.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/engine/network.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq {

/// Extremes of a value.
struct PlainRange {
  float low = 0.0F;
  float high = 1e-3F;

  void include(float lowest, float highest) {
    low = std::min(low, lowest);
    high = std::max(high, highest);
  }
};

inline Tensors random_inputs(const Graph& graph) {
  constexpr std::uint64_t kSeed = 7;
  at::manual_seed(kSeed);
  Tensors inputs;
  for (const ValueId id : graph.inputs()) {
    inputs.push_back(at::rand(*shape_at_batch(graph.value(id))) * 4 - 2);
  }
  return inputs;
}

/// What the values are for random inputs, which lie in -2 .. 2.
inline std::map<ValueId, PlainRange> measure_plainly(
    const Graph& graph, const std::vector<ActivationSite>& sites) {
  std::map<ValueId, PlainRange> ranges;
  NetworkOptions options{.taps = {}, .fuse = false};
  for (const ActivationSite& site : sites) {
    for (const ValueId id : site.values) {
      if (graph.value(id).producer.has_value()) {
        options.taps.push_back(id);
      } else {
        ranges[id].include(-2.0F, 2.0F);
      }
    }
  }
  const Network network(graph, options);
  static_cast<void>(network.run({random_inputs(graph)}, [&](const TapEvent& e) {
    ranges[options.taps[e.tap]].include(
        e.slices[0].min().item<float>(), e.slices[0].max().item<float>());
    return false;
  }));
  return ranges;
}

/// Every site on the grid that holds what its values are.
inline std::vector<QuantizedActivation> calibrate_plainly(
    const Graph& graph, const IntegerGrid& grid) {
  const std::vector<ActivationSite> sites =
      find_activation_sites(graph, find_quantizable_layers(graph).layers);
  const std::map<ValueId, PlainRange> ranges = measure_plainly(graph, sites);
  std::vector<QuantizedActivation> activations;
  for (const ActivationSite& site : sites) {
    PlainRange range;
    for (const ValueId id : site.values) {
      range.include(ranges.at(id).low, ranges.at(id).high);
    }
    AffineParameters parameters;
    parameters.scale =
        (range.high - range.low) / static_cast<float>(grid.steps());
    parameters.zero_point = std::clamp(
        grid.lowest() +
            static_cast<int>(std::lround(-range.low / parameters.scale)),
        grid.lowest(),
        grid.highest());
    for (const ValueId id : site.values) {
      activations.push_back({graph.value(id).name, grid, parameters});
    }
  }
  return activations;
}

}  // namespace ompq
