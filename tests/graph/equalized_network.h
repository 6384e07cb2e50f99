// SPDX-License-Identifier: MIT
// Networks to equalize, and what they compute before and after.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/engine/network.h"
#include "ompq/graph/channel_paths.h"
#include "ompq/graph/equalize_layers.h"
#include "ompq/graph/quantizable_layers.h"

#include "tests/graph/layered_network.h"

namespace ompq {

using Attributes = std::map<std::string, Attribute>;
using Maxima = std::map<std::string, std::vector<float>>;

/// Weights are rounded to float32 once more, in every layer.
inline constexpr double kRelative = 1e-4;

inline const Attributes kPadded{{"pads", kPadOne}};

inline Attributes grouped(std::int64_t groups) {
  return {{"pads", kPadOne}, {"group", groups}};
}

inline Equalization equalized(
    const Graph& graph, const EqualizationOptions& options = {}) {
  return equalize_layers(graph, find_quantizable_layers(graph).layers, options);
}

inline at::Tensor random_input(unsigned seed) {
  at::manual_seed(seed);
  return at::randn({8, 4, 6, 5});
}

/// Largest difference of the outputs over their largest magnitude.
inline double relative_difference(
    const Graph& a, const Graph& b, const at::Tensor& input) {
  const at::Tensor first = Network(a).run({{input.clone()}})[0][0];
  const at::Tensor second = Network(b).run({{input.clone()}})[0][0];
  const double largest = first.abs().max().item<double>();
  return (first - second).abs().max().item<double>() / largest;
}

/// Largest magnitude of the channels of every path, by the engine.
inline Maxima maxima_of(const Graph& graph, const at::Tensor& input) {
  std::vector<ValueId> values;
  const auto layers = find_quantizable_layers(graph).layers;
  for (const ChannelPath& path : find_channel_paths(graph, layers)) {
    values.push_back(path.activation);
  }
  Maxima maxima;
  const auto observe = [&](const TapEvent& event) {
    const at::Tensor largest =
        event.slices[0].abs().amax({0, 2, 3}).contiguous();
    const float* data = largest.data_ptr<float>();
    maxima[graph.value(values[event.tap]).name].assign(
        data, data + largest.numel());
    return false;
  };
  static_cast<void>(
      Network(graph, {.taps = values}).run({{input.clone()}}, observe));
  return maxima;
}

/// Expansion, depthwise convolution, projection.
inline Graph inverted_residual(bool clips, unsigned seed) {
  LayeredNetwork net(seed);
  const auto activate = [&](const std::string& from, const std::string& to) {
    clips ? net.relu6(from, to) : net.add("Relu", {from}, to);
  };
  net.layer("Conv", "x", "a", {10, 4, 1, 1}, {}, 10);
  activate("a", "b");
  net.layer("Conv", "b", "c", {10, 1, 3, 3}, grouped(10), 10);
  activate("c", "d");
  net.layer("Conv", "d", "e", {5, 10, 1, 1}, {}, 5);
  net.layer("Conv", "e", "y", {3, 5, 1, 1});
  return net.finish();
}

}  // namespace ompq
