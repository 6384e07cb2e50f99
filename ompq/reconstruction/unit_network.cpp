// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_network.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/engine/schedule.h"

namespace ompq {
namespace {

/// Where a layer's tensors go.
struct LayerSlots {
  ValueId weight;
  std::optional<ValueId> bias;
};

/// A step of the unit with what is special about it.
struct UnitStep {
  Step step;
  /// Position among the layers.
  std::optional<std::size_t> layer;
  /// Position among the quantized values of the step's first output.
  std::optional<std::size_t> quantizer;
};

using Slots = Tensors;

}  // namespace

struct UnitNetwork::State {
  Graph graph;
  Schedule schedule;
  std::vector<LayerSlots> layers;
  std::vector<UnitStep> steps;

  State(
      Graph unit,
      const std::vector<std::string>& layer_names,
      const std::vector<std::string>& quantized)
      : graph(std::move(unit)),
        schedule(make_schedule(graph, {.fuse = false})) {
    for (const std::string& name : layer_names) {
      const Node& node = graph.node(*graph.find_node(name));
      layers.push_back({*node.input(1), node.input(2)});
    }
    for (Step& step : schedule.steps) {
      steps.push_back(
          {.step = step,
           .layer = layer_of(step),
           .quantizer = quantizer_of(step, quantized)});
    }
  }

  [[nodiscard]] std::optional<std::size_t> layer_of(const Step& step) const {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (step.inputs.size() > 1 && step.inputs[1] == layers[i].weight) {
        return i;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> quantizer_of(
      const Step& step, const std::vector<std::string>& quantized) const {
    for (std::size_t i = 0; i < quantized.size(); ++i) {
      if (!step.outputs.empty() && step.outputs[0].has_value() &&
          graph.value(*step.outputs[0]).name == quantized[i]) {
        return i;
      }
    }
    return std::nullopt;
  }

  void place(Slots& slots, const UnitTensors& tensors) const {
    for (std::size_t i = 0; i < tensors.layers.size(); ++i) {
      place_layer(slots, i, tensors.layers[i]);
    }
  }

  void place_layer(
      Slots& slots, std::size_t layer, const LayerTensors& tensors) const {
    if (tensors.weight.defined()) {
      slots[layers[layer].weight.index()] = tensors.weight;
    }
    if (tensors.bias.defined() && layers[layer].bias.has_value()) {
      slots[layers[layer].bias->index()] = tensors.bias;
    }
  }

  [[nodiscard]] Slots fill(
      const Tensors& inputs, const UnitTensors& tensors) const {
    Slots slots = schedule.constants;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      slots[graph.inputs()[i].index()] = inputs[i];
    }
    place(slots, tensors);
    return slots;
  }

  static Tensors gather(const Step& step, const Slots& slots) {
    Tensors inputs;
    for (const auto& input : step.inputs) {
      inputs.push_back(
          input.has_value() ? slots[input->index()] : at::Tensor());
    }
    return inputs;
  }

  /// Runs a step for one micro-batch. `position` makes the dropped elements of
  /// different values independent.
  void execute(
      std::size_t position,
      Slots& slots,
      const UnitTensors& tensors,
      DropSettings drop,
      const Tensors* computed = nullptr) const {
    const UnitStep& step = steps[position];
    const bool is_quantized =
        step.quantizer.has_value() && !tensors.activations.empty();
    drop.seed = drop.seed * 2654435761U + static_cast<std::uint32_t>(position);
    Tensors results;
    if (is_quantized && step.step.in_place == Step::InPlace::Clamp) {
      results = {quantize_activation(
          slots[step.step.inputs[0]->index()],
          tensors.activations[*step.quantizer],
          step.step.range,
          drop)};
    } else {
      results = computed != nullptr ? *computed
                                    : step.step.run(gather(step.step, slots));
      if (is_quantized) {
        results[0] = quantize_activation(
            results[0], tensors.activations[*step.quantizer], {}, drop);
      }
    }
    for (std::size_t i = 0; i < step.step.outputs.size(); ++i) {
      if (step.step.outputs[i].has_value() && i < results.size()) {
        slots[step.step.outputs[i]->index()] = std::move(results[i]);
      }
    }
    for (const ValueId dead : step.step.dead) {
      slots[dead.index()] = at::Tensor();
    }
  }

  [[nodiscard]] Tensors outputs(const Slots& slots) const {
    Tensors result;
    for (const ValueId id : graph.outputs()) {
      result.push_back(slots[id.index()]);
    }
    return result;
  }
};

UnitNetwork::UnitNetwork(
    Graph unit,
    std::vector<std::string> layers,
    std::vector<std::string> quantized_values)
    : state_(
          std::make_unique<State>(std::move(unit), layers, quantized_values)) {}
UnitNetwork::~UnitNetwork() = default;
UnitNetwork::UnitNetwork(UnitNetwork&&) noexcept = default;
UnitNetwork& UnitNetwork::operator=(UnitNetwork&&) noexcept = default;

const Graph& UnitNetwork::graph() const {
  return state_->graph;
}

Tensors UnitNetwork::run(
    const Tensors& inputs,
    const UnitTensors& tensors,
    const DropSettings& drop) const {
  Slots slots = state_->fill(inputs, tensors);
  for (std::size_t i = 0; i < state_->steps.size(); ++i) {
    state_->execute(i, slots, tensors, drop);
  }
  return state_->outputs(slots);
}

struct UnitPass::State {
  const UnitNetwork::State& network;
  UnitTensors tensors;
  std::vector<Slots> slots;
  std::size_t position = 0;
  /// Set while it stands before a layer.
  bool is_stopped = false;
  /// Outputs of the layer it stands before, if it has run.
  std::vector<Tensors> computed;
};

UnitPass::UnitPass(
    const UnitNetwork& network,
    std::vector<Tensors> micro_batches,
    UnitTensors tensors)
    : state_(std::unique_ptr<State>(
          new State{.network = *network.state_, .tensors = tensors})) {
  for (const Tensors& inputs : micro_batches) {
    state_->slots.push_back(network.state_->fill(inputs, tensors));
  }
}

UnitPass::~UnitPass() = default;

std::optional<std::size_t> UnitPass::next_layer() {
  const at::NoGradGuard no_gradients;
  State& state = *state_;
  for (; state.position < state.network.steps.size(); ++state.position) {
    const UnitStep& step = state.network.steps[state.position];
    if (step.layer.has_value() && !state.is_stopped) {
      state.is_stopped = true;
      return step.layer;
    }
    for (std::size_t i = 0; i < state.slots.size(); ++i) {
      const Tensors* const computed =
          state.computed.empty() ? nullptr : &state.computed[i];
      state.network.execute(
          state.position, state.slots[i], state.tensors, {}, computed);
    }
    state.is_stopped = false;
    state.computed.clear();
  }
  return std::nullopt;
}

Tensors UnitPass::layer_inputs() const {
  Tensors inputs;
  const Step& step = state_->network.steps[state_->position].step;
  for (const Slots& slots : state_->slots) {
    inputs.push_back(slots[step.inputs[0]->index()]);
  }
  return inputs;
}

Tensors UnitPass::run_layer() {
  const at::NoGradGuard no_gradients;
  const Step& step = state_->network.steps[state_->position].step;
  state_->computed.clear();
  Tensors outputs;
  for (const Slots& slots : state_->slots) {
    state_->computed.push_back(
        step.run(UnitNetwork::State::gather(step, slots)));
    outputs.push_back(state_->computed.back().front());
  }
  return outputs;
}

void UnitPass::set_layer(std::size_t layer, LayerTensors tensors) {
  for (Slots& slots : state_->slots) {
    state_->network.place_layer(slots, layer, tensors);
  }
  state_->computed.clear();
}

std::vector<Tensors> UnitPass::outputs() const {
  std::vector<Tensors> result;
  for (const Slots& slots : state_->slots) {
    result.push_back(state_->network.outputs(slots));
  }
  return result;
}

}  // namespace ompq
