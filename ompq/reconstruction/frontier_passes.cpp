// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/frontier_passes.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/engine/network.h"

namespace ompq {
namespace {

/// How an input of the network is quantized, if it is.
std::optional<ActivationStep> input_step(
    const std::string& value,
    const std::vector<CalibratedActivation>& activations) {
  for (const CalibratedActivation& each : activations) {
    if (each.activation.value == value) {
      return ActivationStep{
          .grid = each.activation.grid,
          .zero_point = each.activation.parameters.zero_point,
          .scale = at::full({1}, each.activation.parameters.scale)};
    }
  }
  return std::nullopt;
}

/// Stores one micro-batch of an input; returns its number of groups.
std::int64_t store_input(
    Frontier& frontier,
    const std::string& value,
    const at::Tensor& input,
    const std::optional<ActivationStep>& step,
    std::int64_t first,
    std::int64_t group) {
  const std::int64_t count = input.size(0) / group;
  if (count == 0) {
    return 0;
  }
  const at::Tensor part = input.narrow(0, 0, count * group);
  frontier.store(value, Frontier::Side::Float, first, count, part);
  if (step.has_value()) {
    frontier.store(
        value,
        Frontier::Side::Quantized,
        first,
        count,
        quantize_activation(part, *step));
  }
  return count;
}

template <typename Run>
void run_all(
    const UnitProblem& unit,
    Frontier& frontier,
    Frontier::Side side,
    std::int64_t step,
    const Run& run) {
  for (std::int64_t first = 0; first < frontier.groups(); first += step) {
    const std::int64_t count = std::min(step, frontier.groups() - first);
    Tensors inputs;
    for (const std::string& value : unit.inputs) {
      inputs.push_back(frontier.range(value, side, first, count));
    }
    const Tensors outputs = run(std::move(inputs));
    for (std::size_t i = 0; i < unit.outputs.size(); ++i) {
      frontier.store(unit.outputs[i], side, first, count, outputs[i]);
    }
  }
}

}  // namespace

Frontier fill_frontier(
    const Graph& graph,
    std::vector<Tensors> calibration,
    const std::vector<CalibratedActivation>& activations,
    std::int64_t group,
    const ReconstructionOptions& options) {
  const at::NoGradGuard no_gradients;
  std::int64_t groups = 0;
  for (const Tensors& inputs : calibration) {
    groups += inputs.front().size(0) / group;
  }
  const std::filesystem::path folder =
      options.spill_folder.value_or(std::filesystem::temp_directory_path());
  Frontier frontier(groups, TensorStore(options.memory, folder));
  for (std::size_t i = 0; i < graph.inputs().size(); ++i) {
    const std::string& value = graph.value(graph.inputs()[i]).name;
    const std::optional<ActivationStep> step = input_step(value, activations);
    std::int64_t first = 0;
    for (Tensors& inputs : calibration) {
      first += store_input(frontier, value, inputs[i], step, first, group);
      // Its memory is needed no more.
      inputs[i] = at::Tensor();
    }
    if (!step.has_value()) {
      frontier.share(value);
    }
  }
  return frontier;
}

void run_float(const UnitProblem& unit, Frontier& frontier, std::int64_t step) {
  const Network network(unit.network.graph());
  run_all(unit, frontier, Frontier::Side::Float, step, [&](Tensors inputs) {
    return network.run({std::move(inputs)}).front();
  });
}

void run_quantized(
    const UnitProblem& unit, Frontier& frontier, std::int64_t step) {
  const at::NoGradGuard no_gradients;
  const UnitTensors tensors = current_tensors(unit);
  run_all(
      unit,
      frontier,
      Frontier::Side::Quantized,
      step,
      [&](const Tensors& inputs) { return unit.network.run(inputs, tensors); });
}

}  // namespace ompq
