// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/prepare_network.h"

#include <algorithm>
#include <utility>

#include "ompq/graph/equalize_layers.h"
#include "ompq/reconstruction/channel_maxima.h"
#include "ompq/reconstruction/own_parameters.h"

namespace ompq {
namespace {

/// Micro-batches that show how large the channels become.
constexpr std::size_t kMicroBatchesForMaxima = 16;

PreparedModel with_graph(const PreparedModel& model, Graph graph) {
  PreparedModel changed = model;
  changed.graph = std::move(graph);
  changed.layers = find_quantizable_layers(changed.graph);
  return changed;
}

}  // namespace

PreparedModel prepare_network(
    const PreparedModel& model,
    const std::vector<Tensors>& calibration,
    const ReconstructionOptions& options) {
  PreparedModel network = model;
  if (options.equalize.value_or(!options.per_channel)) {
    const std::size_t count =
        std::min(calibration.size(), kMicroBatchesForMaxima);
    const std::vector<Tensors> shown(
        calibration.begin(),
        calibration.begin() + static_cast<std::ptrdiff_t>(count));
    Equalization equalized = equalize_layers(
        network.graph,
        network.layers.layers,
        {.channel_maxima = observe_equalization_maxima(network, shown)});
    network = with_graph(network, std::move(equalized.graph));
  }
  return with_graph(
      network, with_own_parameters(network.graph, network.layers.layers));
}

}  // namespace ompq
