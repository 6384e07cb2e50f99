// SPDX-License-Identifier: MIT
#include "ompq/engine/network.h"

#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/engine/quantizer_chain.h"
#include "ompq/engine/schedule.h"

namespace ompq {
namespace {

/// The values that are alive for one micro-batch, by ValueId.
using Slots = Tensors;

Tensors gather_inputs(const Step& step, const Slots& slots) {
  Tensors inputs;
  inputs.reserve(step.inputs.size());
  for (const auto& input : step.inputs) {
    inputs.push_back(input.has_value() ? slots[input->index()] : at::Tensor());
  }
  return inputs;
}

/// True if no other value shares the tensor's memory.
bool is_exclusive(const at::Tensor& slot) {
  return slot.defined() && slot.use_count() == 1 &&
         slot.storage().use_count() == 1 && slot.is_non_overlapping_and_dense();
}

bool is_dead_after(const Step& step, ValueId id) {
  for (const ValueId dead : step.dead) {
    if (dead == id) {
      return true;
    }
  }
  return false;
}

/// The tensor if nobody else can see its memory, so that it may be overwritten;
/// it is taken out of its slot. Otherwise an undefined tensor.
at::Tensor take_if_exclusive(const Step& step, ValueId id, Slots& slots) {
  at::Tensor& slot = slots[id.index()];
  const bool may_overwrite = is_dead_after(step, id) && is_exclusive(slot);
  return may_overwrite ? std::move(slot) : at::Tensor();
}

/// Runs a step in place where that is allowed; otherwise an empty result.
Tensors run_in_place(const Step& step, Slots& slots) {
  if (step.in_place == Step::InPlace::Clamp) {
    at::Tensor value = take_if_exclusive(step, *step.inputs[0], slots);
    if (value.defined()) {
      return {value.clamp_(step.range.low, step.range.high)};
    }
  }
  if (step.in_place == Step::InPlace::Quantize) {
    const at::Tensor value = take_if_exclusive(step, *step.inputs[0], slots);
    if (value.defined()) {
      return {fake_quantize_tensor(step.quantizer, value, true)};
    }
  }
  if (step.in_place == Step::InPlace::Add) {
    for (const std::size_t target : {0U, 1U}) {
      const at::Tensor& other = slots[step.inputs[1 - target]->index()];
      at::Tensor value = take_if_exclusive(step, *step.inputs[target], slots);
      if (value.defined()) {
        return {value.add_(other)};
      }
    }
  }
  return {};
}

void store_outputs(const Step& step, Tensors results, Slots& slots) {
  for (std::size_t i = 0; i < step.outputs.size(); ++i) {
    if (step.outputs[i].has_value() && i < results.size()) {
      slots[step.outputs[i]->index()] = std::move(results[i]);
    }
  }
}

void release_dead(const Step& step, Slots& slots) {
  for (const ValueId dead : step.dead) {
    slots[dead.index()] = at::Tensor();
  }
}

}  // namespace

struct Network::State {
  Graph graph;
  NetworkOptions options;
  Schedule schedule;
  /// For each value: true if it is tapped and read by one clamp step only.
  std::vector<std::optional<ClampRange>> clamp_after;

  State(Graph graph_given, NetworkOptions options_given)
      : graph(std::move(graph_given)),
        options(std::move(options_given)),
        schedule(make_schedule(graph, options)),
        clamp_after(graph.values().size()) {
    for (const Step& step : schedule.steps) {
      if (step.in_place == Step::InPlace::Clamp) {
        const Value& value = graph.value(*step.inputs[0]);
        if (value.consumers.size() == 1 && !graph.is_output(value.id)) {
          clamp_after[value.id.index()] = step.range;
        }
      }
    }
  }

  [[nodiscard]] std::vector<Slots> fill_slots(
      std::vector<Tensors> micro_batches) const;
  void report(
      const Step& step,
      const Tap& tap,
      const std::vector<Slots>& slots,
      std::vector<bool>& clamped) const;
  void await_gradients(const Step& step, Slots& slots) const;
  [[nodiscard]] std::vector<Tensors> collect_outputs(
      const std::vector<Slots>& slots) const;
};

std::vector<Slots> Network::State::fill_slots(
    std::vector<Tensors> micro_batches) const {
  std::vector<Slots> slots;
  slots.reserve(micro_batches.size());
  for (Tensors& inputs : micro_batches) {
    OMPQ_CHECK(
        inputs.size() == graph.inputs().size(),
        ErrorCode::ShapeMismatch,
        "[engine] the network has {} inputs, got {}",
        graph.inputs().size(),
        inputs.size());
    Slots& values = slots.emplace_back(schedule.constants);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      values[graph.inputs()[i].index()] = std::move(inputs[i]);
    }
  }
  return slots;
}

void Network::State::report(
    const Step& step,
    const Tap& tap,
    const std::vector<Slots>& slots,
    std::vector<bool>& clamped) const {
  for (const std::size_t index : step.completed_taps) {
    const ValueId id = options.taps[index];
    bool exclusive = true;
    Tensors slices;
    slices.reserve(slots.size());
    for (const Slots& values : slots) {
      exclusive = exclusive && is_exclusive(values[id.index()]);
      slices.push_back(values[id.index()]);
    }
    const auto next = exclusive ? clamp_after[id.index()] : std::nullopt;
    const bool applied = tap({.tap = index, .slices = slices, .next = next});
    clamped[id.index()] = applied && next.has_value();
  }
}

void Network::State::await_gradients(const Step& step, Slots& slots) const {
  for (const std::size_t tap : step.gradient_taps) {
    at::Tensor& value = slots[options.gradient_taps[tap].index()];
    if (!value.requires_grad() && value.is_floating_point()) {
      value.requires_grad_(true);
    }
    if (value.requires_grad()) {
      // retain_grad() would copy it into another layout.
      value.register_hook(
          [report = options.on_gradient, tap](const at::Tensor& gradient) {
            report(tap, gradient);
          });
    }
  }
}

std::vector<Tensors> Network::State::collect_outputs(
    const std::vector<Slots>& slots) const {
  std::vector<Tensors> outputs;
  outputs.reserve(slots.size());
  for (const Slots& values : slots) {
    Tensors& row = outputs.emplace_back();
    for (const ValueId id : graph.outputs()) {
      row.push_back(values[id.index()]);
    }
  }
  return outputs;
}

Network::Network(Graph graph, NetworkOptions options)
    : state_(std::make_unique<State>(std::move(graph), std::move(options))) {}

Network::~Network() = default;
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;

const Graph& Network::graph() const {
  return state_->graph;
}

std::vector<Tensors> Network::run(
    std::vector<Tensors> micro_batches, const Tap& tap) const {
  const State& state = *state_;
  std::optional<at::NoGradGuard> no_gradients;
  if (!state.options.is_differentiable()) {
    no_gradients.emplace();
  }
  std::vector<Slots> slots = state.fill_slots(std::move(micro_batches));
  std::vector<bool> clamped(state.graph.values().size(), false);
  for (const Step& step : state.schedule.steps) {
    const bool is_done = step.in_place == Step::InPlace::Clamp &&
                         clamped[step.inputs[0]->index()];
    for (Slots& values : slots) {
      Tensors results;
      if (is_done) {
        results = {values[step.inputs[0]->index()]};
      } else if (no_gradients.has_value()) {
        results = run_in_place(step, values);
      }
      if (results.empty()) {
        results = step.run(gather_inputs(step, values));
      }
      store_outputs(step, std::move(results), values);
      state.await_gradients(step, values);
      release_dead(step, values);
    }
    if (tap) {
      state.report(step, tap, slots, clamped);
    }
  }
  return state.collect_outputs(slots);
}

}  // namespace ompq
