// SPDX-License-Identifier: MIT
#include "ompq/training/trainable_network.h"

#include <unordered_map>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/engine/schedule.h"

namespace ompq {
namespace {

/// Share of the batch's statistics in the running ones.
constexpr double kNormMomentum = 0.1;

/// Where a layer's tensors go.
struct LearnedValues {
  ValueId weight;
  std::optional<ValueId> bias;
};

using Slots = Tensors;

/// What rounding to multiples of `scale` adds to a bias; a constant for
/// gradients.
at::Tensor rounding_of(const at::Tensor& bias, const at::Tensor& scale) {
  const at::NoGradGuard no_gradients;
  return (bias / scale).round() * scale - bias;
}

/// @param rounding  added to beta; may be undefined
at::Tensor normalized(
    const at::Tensor& z,
    const TrainableNorm& norm,
    const at::Tensor& rounding,
    NormStatistics statistics) {
  return at::batch_norm(
      z,
      norm.gamma,
      rounding.defined() ? norm.beta + rounding : norm.beta,
      norm.running_mean,
      norm.running_variance,
      statistics == NormStatistics::Batch,
      kNormMomentum,
      norm.epsilon,
      false);
}

}  // namespace

TrainableNorm::Affine TrainableNorm::affine() const {
  constexpr double kSmallest = 1e-12;
  const at::Tensor factor = gamma / at::sqrt(running_variance + epsilon);
  const at::Tensor magnitude = factor.abs().clamp_min(kSmallest);
  const at::Tensor kept = at::where(factor < 0, -magnitude, magnitude);
  return {kept, beta - kept * running_mean};
}

at::Tensor TrainableLayer::real_weight() const {
  return weight * unit;
}

WeightGrid TrainableLayer::grid() const {
  WeightGrid result = *start_grid;
  result.scales = start_grid->scales * (step + 1);
  return result;
}

at::Tensor TrainableLayer::effective_weight() const {
  return start_grid ? quantize_weight(real_weight(), grid()) : real_weight();
}

ActivationStep TrainableActivation::quantizer() const {
  ActivationStep result{
      .grid = grid,
      .zero_point = start.zero_point,
      .scale = (step + 1) * start.scale,
      .offset = {}};
  if (offset.defined()) {
    result.offset = offset * grid.highest() + start.zero_point;
  }
  return result;
}

struct TrainableNetwork::State {
  Graph graph;
  TrainableParts parts;
  Schedule schedule;
  std::vector<LearnedValues> layers;
  /// Positions among the layers with a normalisation by their result, and among
  /// the activations by their value.
  std::unordered_map<ValueId, std::size_t> norm_of;
  std::unordered_map<ValueId, std::size_t> quantizer_of;

  State(Graph graph_given, TrainableParts parts_given)
      : graph(std::move(graph_given)),
        parts(std::move(parts_given)),
        schedule(make_schedule(graph, {.fuse = false})) {
    for (std::size_t i = 0; i < parts.layers.size(); ++i) {
      const Node& node = node_called(parts.layers[i].name);
      layers.push_back({*node.input(1), node.input(2)});
      if (parts.layers[i].norm.has_value()) {
        norm_of.emplace(*node.output(0), i);
      }
    }
    for (std::size_t i = 0; i < parts.activations.size(); ++i) {
      const std::string& name = parts.activations[i].value;
      const auto value = graph.find_value(name);
      OMPQ_CHECK(
          value.has_value(),
          ErrorCode::InvalidArgument,
          "[train] the network has no value '{}' to quantize",
          name);
      quantizer_of.emplace(*value, i);
    }
  }

  [[nodiscard]] const Node& node_called(const std::string& name) const {
    const auto id = graph.find_node(name);
    OMPQ_CHECK(
        id.has_value() && graph.node(*id).input(1).has_value(),
        ErrorCode::InvalidArgument,
        "[train] the network has no layer '{}'",
        name);
    return graph.node(*id);
  }

  [[nodiscard]] std::optional<ActivationStep> step_of(ValueId value) const {
    const auto found = quantizer_of.find(value);
    return found == quantizer_of.end()
               ? std::nullopt
               : std::optional(parts.activations[found->second].quantizer());
  }

  /// Step of the multiples that a layer's bias is one of, [R] or [1]; for
  /// layers with a bias_input.
  [[nodiscard]] at::Tensor bias_step(const TrainableLayer& layer) const {
    const at::NoGradGuard no_gradients;
    const TrainableActivation& input = parts.activations[*layer.bias_input];
    return input.quantizer().scale * layer.grid().scales.select(1, 0);
  }

  [[nodiscard]] at::Tensor bias_of(const TrainableLayer& layer) const {
    return layer.bias.defined() && layer.bias_input
               ? layer.bias + rounding_of(layer.bias, bias_step(layer))
               : layer.bias;
  }

  /// What rounding changes of the shift of a layer's normalisation; undefined
  /// if that is added to real numbers.
  [[nodiscard]] at::Tensor rounding_of_shift(
      const TrainableLayer& layer) const {
    if (!layer.bias_input) {
      return {};
    }
    const at::NoGradGuard no_gradients;
    const TrainableNorm::Affine affine = layer.norm->affine();
    return rounding_of(affine.shift, bias_step(layer) * affine.factor.abs());
  }

  void place_layers(Slots& slots) const {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const TrainableLayer& layer = parts.layers[i];
      slots[layers[i].weight.index()] =
          from_rows(layer.effective_weight(), layer.layout);
      if (layers[i].bias && (layer.bias.defined() || layer.norm)) {
        slots[layers[i].bias->index()] = bias_of(layer);
      }
    }
  }

  [[nodiscard]] Slots fill(const Tensors& inputs) const {
    Slots slots = schedule.constants;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ValueId id = graph.inputs()[i];
      const std::optional<ActivationStep> step = step_of(id);
      slots[id.index()] =
          step ? quantize_activation(inputs[i], *step) : inputs[i];
    }
    place_layers(slots);
    return slots;
  }

  /// The first result of a step with its normalisation and quantizer.
  [[nodiscard]] Tensors results_of(
      const Step& step, const Slots& slots, NormStatistics statistics) const {
    const auto output =
        step.outputs.empty() ? std::nullopt : step.outputs.front();
    const std::optional<ActivationStep> quantizer =
        output ? step_of(*output) : std::nullopt;
    if (quantizer && step.in_place == Step::InPlace::Clamp) {
      return {quantize_activation(
          slots[step.inputs[0]->index()], *quantizer, step.range)};
    }
    Tensors inputs;
    for (const auto& input : step.inputs) {
      inputs.push_back(input ? slots[input->index()] : at::Tensor());
    }
    Tensors results = step.run(inputs);
    const auto norm = output ? norm_of.find(*output) : norm_of.end();
    if (norm != norm_of.end()) {
      const TrainableLayer& layer = parts.layers[norm->second];
      results[0] = normalized(
          results[0], *layer.norm, rounding_of_shift(layer), statistics);
    }
    if (quantizer) {
      results[0] = quantize_activation(results[0], *quantizer);
    }
    return results;
  }

  void execute(
      const Step& step, Slots& slots, NormStatistics statistics) const {
    Tensors results = results_of(step, slots, statistics);
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
      if (step.outputs[i] && i < results.size()) {
        slots[step.outputs[i]->index()] = std::move(results[i]);
      }
    }
    for (const ValueId dead : step.dead) {
      slots[dead.index()] = at::Tensor();
    }
  }
};

TrainableNetwork::TrainableNetwork(Graph graph, TrainableParts parts)
    : state_(std::make_unique<State>(std::move(graph), std::move(parts))) {}
TrainableNetwork::~TrainableNetwork() = default;
TrainableNetwork::TrainableNetwork(TrainableNetwork&&) noexcept = default;
TrainableNetwork& TrainableNetwork::operator=(TrainableNetwork&&) noexcept =
    default;

const Graph& TrainableNetwork::graph() const {
  return state_->graph;
}

const TrainableParts& TrainableNetwork::parts() const {
  return state_->parts;
}

Tensors TrainableNetwork::run(
    const Tensors& inputs, NormStatistics statistics) const {
  Slots slots = state_->fill(inputs);
  for (const Step& step : state_->schedule.steps) {
    state_->execute(step, slots, statistics);
  }
  Tensors outputs;
  for (const ValueId id : state_->graph.outputs()) {
    outputs.push_back(slots[id.index()]);
  }
  return outputs;
}

}  // namespace ompq
