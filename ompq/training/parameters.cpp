// SPDX-License-Identifier: MIT
#include "ompq/training/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_set>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

/// A step is at least a thousandth of its start.
constexpr double kLowestStep = -0.999;
constexpr double kNoLimit = std::numeric_limits<double>::infinity();

double factor_of(double numbers, double codes) {
  return 1.0 / std::sqrt(std::max(numbers, 1.0) * std::max(codes, 1.0));
}

LearnedStep weight_step(const TrainableLayer& layer) {
  const WeightGrid& grid = *layer.start_grid;
  const double zero_point =
      grid.zero_points.to(at::kDouble).mean().item<double>();
  const auto numbers = static_cast<double>(layer.weight.numel()) /
                       static_cast<double>(layer.step.numel());
  return {
      .tensor = layer.step,
      .gradient_factor = factor_of(numbers, grid.grid.highest() - zero_point),
      .lowest = kLowestStep,
      .highest = kNoLimit};
}

void add_activation(
    Parameters& parameters,
    const TrainableActivation& activation,
    double numbers,
    std::unordered_set<const void*>& known) {
  if (!activation.step.requires_grad() ||
      !known.insert(activation.step.unsafeGetTensorImpl()).second) {
    return;
  }
  const auto highest = static_cast<double>(activation.grid.highest());
  const auto zero_point = static_cast<double>(activation.start.zero_point);
  const double factor = factor_of(numbers, highest - zero_point);
  parameters.steps.push_back(
      {.tensor = activation.step,
       .gradient_factor = factor,
       .lowest = kLowestStep,
       .highest = kNoLimit});
  if (activation.offset.defined()) {
    const auto lowest = static_cast<double>(activation.grid.lowest());
    parameters.steps.push_back(
        {.tensor = activation.offset,
         .gradient_factor = factor,
         .lowest = (lowest - zero_point) / highest,
         .highest = (highest - zero_point) / highest});
  }
}

/// Numbers of a value for one example; 1 if its shape is not known.
double numbers_of(const Graph& graph, const std::string& value) {
  const auto shape = shape_at_batch(graph.value(*graph.find_value(value)));
  return shape ? static_cast<double>(element_count(*shape)) : 1.0;
}

}  // namespace

Parameters parameters_of(const TrainableNetwork& network) {
  Parameters parameters;
  for (const TrainableLayer& layer : network.parts().layers) {
    parameters.weights.push_back(layer.weight);
    if (layer.bias.defined()) {
      parameters.biases.push_back(layer.bias);
    }
    if (layer.norm) {
      parameters.biases.push_back(layer.norm->gamma);
      parameters.biases.push_back(layer.norm->beta);
      parameters.statistics.push_back(layer.norm->running_mean);
      parameters.statistics.push_back(layer.norm->running_variance);
    }
    if (layer.start_grid && layer.step.requires_grad()) {
      parameters.steps.push_back(weight_step(layer));
    }
  }
  std::unordered_set<const void*> known;
  for (const TrainableActivation& each : network.parts().activations) {
    add_activation(
        parameters, each, numbers_of(network.graph(), each.value), known);
  }
  return parameters;
}

Tensors all_tensors(const Parameters& parameters) {
  Tensors all = parameters.weights;
  all.insert(all.end(), parameters.biases.begin(), parameters.biases.end());
  for (const LearnedStep& step : parameters.steps) {
    all.push_back(step.tensor);
  }
  all.insert(
      all.end(), parameters.statistics.begin(), parameters.statistics.end());
  return all;
}

void scale_gradients(const Parameters& parameters) {
  for (const LearnedStep& step : parameters.steps) {
    if (step.tensor.grad().defined()) {
      step.tensor.grad().mul_(step.gradient_factor);
    }
  }
}

void keep_steps_valid(const Parameters& parameters) {
  const at::NoGradGuard no_gradients;
  for (const LearnedStep& step : parameters.steps) {
    step.tensor.detach().clamp_(step.lowest, step.highest);
  }
}

}  // namespace ompq
