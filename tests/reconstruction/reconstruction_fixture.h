// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/quantization/qdq_graph.h"
#include "ompq/reconstruction/reconstruct.h"

namespace ompq {

/// Keeps units in memory.
class MemoryStore : public UnitStore {
 public:
  std::map<std::size_t, UnitResult> units;
  int loads = 0;

  std::optional<UnitResult> load(std::size_t index) override {
    const auto found = units.find(index);
    if (found == units.end()) {
      return std::nullopt;
    }
    ++loads;
    return found->second;
  }
  void save(std::size_t index, const UnitResult& result) override {
    units[index] = result;
  }
};

inline PreparedModel prepared(Graph graph, bool is_batch_polymorphic = true) {
  PreparedModel model{.graph = infer_shapes(std::move(graph))};
  model.layers = find_quantizable_layers(model.graph);
  model.is_batch_polymorphic = is_batch_polymorphic;
  return model;
}

/// Micro-batches of random numbers, one tensor each.
inline std::vector<Tensors> random_batches(
    const Shape& shape, std::size_t count, std::uint64_t seed = 1) {
  at::manual_seed(seed);
  std::vector<Tensors> batches;
  for (std::size_t i = 0; i < count; ++i) {
    batches.push_back({at::randn(shape)});
  }
  return batches;
}

/// A run that takes a fraction of a second.
inline ReconstructionOptions short_run(
    RoundingMethod method = RoundingMethod::Block, int iterations = 0) {
  return {
      .method = method,
      .effort = Effort::Fast,
      .iterations = iterations,
      .batch_size = 8};
}

inline Reconstruction reconstruct_plainly(
    const PreparedModel& model,
    const BitPlan& plan,
    std::vector<Tensors> calibration,
    const ReconstructionOptions& options) {
  MemoryStore store;
  return reconstruct(model, plan, std::move(calibration), options, store);
}

/// Signal to noise ratio of each output of the quantized network, in dB.
inline std::vector<double> output_sqnr(
    const PreparedModel& model,
    const Reconstruction& result,
    const Tensors& inputs) {
  const Tensors wanted = Network(model.graph).run({inputs}).front();
  const Tensors got =
      Network(to_qdq_graph(result.graph, result.model)).run({inputs}).front();
  std::vector<double> ratios;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double noise = (got[i] - wanted[i]).square().mean().item<double>();
    ratios.push_back(
        10 * std::log10(wanted[i].var(false).item<double>() / noise));
  }
  return ratios;
}

/// True if both networks have the same integers, scales and biases.
inline bool is_same_model(const QuantizedModel& a, const QuantizedModel& b) {
  bool same = a.layers.size() == b.layers.size() &&
              a.activations.size() == b.activations.size();
  for (std::size_t i = 0; same && i < a.layers.size(); ++i) {
    const QuantizedWeight& one = a.layers[i].weight;
    const QuantizedWeight& other = b.layers[i].weight;
    same = a.layers[i].name == b.layers[i].name &&
           a.layers[i].bias == b.layers[i].bias && one.codes == other.codes &&
           one.scales == other.scales && one.zero_points == other.zero_points;
  }
  for (std::size_t i = 0; same && i < a.activations.size(); ++i) {
    same = a.activations[i].value == b.activations[i].value &&
           a.activations[i].parameters == b.activations[i].parameters;
  }
  return same;
}

}  // namespace ompq
