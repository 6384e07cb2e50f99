// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/fisher_weights.h"

#include <algorithm>
#include <random>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"
#include "ompq/engine/network.h"
#include "ompq/reconstruction/sampled_loss.h"

namespace ompq {
namespace {

/// Mean over everything but channels, summed over micro-batches.
void add_squares(at::Tensor& sum, const at::Tensor& gradient) {
  std::vector<std::int64_t> others;
  for (std::int64_t i = 0; i < gradient.dim(); ++i) {
    if (i != 1) {
      others.push_back(i);
    }
  }
  const at::Tensor part = gradient.square().mean(others);
  sum = sum.defined() ? sum + part : part;
}

at::Tensor normalised(const at::Tensor& sum, std::int64_t channels) {
  if (!sum.defined() || sum.mean().item<double>() <= 0.0) {
    return at::ones({channels});
  }
  return sum / sum.mean();
}

}  // namespace

FisherWeights fisher_weights(
    const Graph& graph,
    const std::vector<ValueId>& values,
    const std::vector<Tensors>& calibration,
    std::int64_t examples,
    std::uint64_t seed,
    Observer& observer) {
  const Network network(graph, {.taps = values, .fuse = false});
  std::mt19937_64 random(seed);
  Tensors sums(values.size());
  std::vector<std::int64_t> channels(values.size(), 1);
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < calibration.size() && seen < examples; ++i) {
    OMPQ_CHECK(
        !observer.interrupted(),
        ErrorCode::Interrupted,
        "[quantize] interrupted before the first unit");
    Tensors inputs;
    for (const at::Tensor& input : calibration[i]) {
      inputs.push_back(input.detach().requires_grad_(true));
    }
    Tensors tapped(values.size());
    const Tap tap = [&](const TapEvent& event) {
      tapped[event.tap] = event.slices.front();
      tapped[event.tap].retain_grad();
      return false;
    };
    const Tensors outputs = network.run({inputs}, tap).front();
    at::Tensor loss;
    for (const at::Tensor& output : outputs) {
      const at::Tensor part = sampled_loss(output, random);
      loss = loss.defined() ? loss + part : part;
    }
    loss.backward();
    for (std::size_t v = 0; v < values.size(); ++v) {
      channels[v] = tapped[v].dim() > 1 ? tapped[v].size(1) : 1;
      if (tapped[v].dim() > 1 && tapped[v].grad().defined()) {
        add_squares(sums[v], tapped[v].grad());
      }
    }
    seen += calibration[i].front().size(0);
    observer.advance(std::min(seen, examples));
  }
  FisherWeights weights;
  for (std::size_t v = 0; v < values.size(); ++v) {
    weights.emplace(
        graph.value(values[v]).name, normalised(sums[v], channels[v]));
  }
  return weights;
}

FisherWeights unit_fisher_weights(
    const Graph& graph,
    const std::vector<Unit>& units,
    const std::vector<Tensors>& calibration,
    std::uint64_t seed,
    Observer& observer) {
  constexpr std::int64_t kExamples = 64;
  const Stopwatch stopwatch;
  observer.begin_stage("fisher", kExamples);
  std::vector<ValueId> values;
  for (const Unit& unit : units) {
    values.insert(values.end(), unit.outputs.begin(), unit.outputs.end());
  }
  FisherWeights weights =
      fisher_weights(graph, values, calibration, kExamples, seed, observer);
  observer.end_stage(stopwatch.seconds());
  return weights;
}

Tensors weights_of_outputs(
    const UnitProblem& unit, const FisherWeights& weights) {
  Tensors result;
  for (const std::string& value : unit.outputs) {
    const auto found = weights.find(value);
    if (found != weights.end()) {
      result.push_back(found->second);
    }
  }
  return result;
}

}  // namespace ompq
