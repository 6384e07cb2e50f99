// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/sample_layers.h"

#include <map>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"

namespace ompq {
namespace {

/// Adds a value of all micro-batches to the sample of a layer, as many
/// positions of each.
void add_slices(LayerSample& sample, std::span<const at::Tensor> slices) {
  const std::int64_t parts = std::ssize(slices);
  const std::int64_t each = (sample.wanted_positions() + parts - 1) / parts;
  for (const at::Tensor& slice : slices) {
    sample.add(slice, each);
  }
}

/// The values that layers read and the layers that read each.
using Readers = std::map<ValueId, std::vector<std::size_t>>;

Readers readers_of(const PreparedModel& model) {
  Readers readers;
  const LayerTable& layers = model.layers.layers;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    readers[*model.graph.node(layers[i].node).input(0)].push_back(i);
  }
  return readers;
}

}  // namespace

std::vector<LayerSample> sample_layers(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    Observer& observer) {
  std::vector<LayerSample> samples;
  for (const Layer& layer : model.layers.layers) {
    samples.emplace_back(model.graph, layer);
  }
  const Readers readers = readers_of(model);
  std::vector<ValueId> taps;
  for (const auto& [value, layers] : readers) {
    taps.push_back(value);
  }
  // Inputs of the network are there before it runs.
  for (std::size_t i = 0; i < model.graph.inputs().size(); ++i) {
    const auto found = readers.find(model.graph.inputs()[i]);
    Tensors slices;
    for (const Tensors& inputs : micro_batches) {
      slices.push_back(inputs.at(i));
    }
    for (std::size_t k = 0; found != readers.end() && k < found->second.size();
         ++k) {
      add_slices(samples[found->second[k]], slices);
    }
  }
  std::int64_t done = 0;
  const Tap tap = [&](const TapEvent& event) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[search] interrupted; nothing was written");
    for (const std::size_t layer : readers.at(taps[event.tap])) {
      add_slices(samples[layer], event.slices);
      observer.advance(++done);
    }
    return false;
  };
  const Network network(model.graph, {.taps = taps});
  static_cast<void>(network.run(micro_batches, tap));
  return samples;
}

}  // namespace ompq
