// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"
#include "ompq/engine/recurrent_cells.h"

namespace ompq {
namespace {

/// What distinguishes LSTM, GRU and RNN.
struct CellKind {
  CellStep step;
  std::int64_t gates;
  std::vector<std::string> activations;
  bool has_cell;
};

/// Attributes of a recurrent node.
struct Recurrence {
  CellKind kind;
  std::int64_t hidden_size = 0;
  bool is_batch_first = false;
  /// One per direction: true if it runs from the last step to the first.
  std::vector<bool> is_reversed;
  std::vector<CellSettings> settings;
};

std::vector<bool> read_directions(const Node& node) {
  const std::string direction = node.text("direction", "forward");
  if (direction == "forward") {
    return {false};
  }
  if (direction == "reverse") {
    return {true};
  }
  OMPQ_CHECK(
      direction == "bidirectional",
      ErrorCode::InvalidModel,
      "direction must be forward, reverse or bidirectional, got '{}'",
      direction);
  return {false, true};
}

Recurrence read_recurrence(const Node& node, CellKind kind) {
  Recurrence result{.kind = std::move(kind)};
  result.hidden_size = node.integer("hidden_size", 0);
  result.is_batch_first = node.integer("layout", 0) != 0;
  result.is_reversed = read_directions(node);
  const auto activations = read_cell_activations(
      node, result.kind.activations, result.is_reversed.size());
  for (const auto& functions : activations) {
    result.settings.push_back(
        {.activations = functions,
         .couples_input_and_forget = node.integer("input_forget", 0) != 0,
         .is_linear_before_reset =
             node.integer("linear_before_reset", 0) != 0});
  }
  return result;
}

/// One direction's slice of an optional input [D, ...].
at::Tensor of_direction(
    const Tensors& inputs, std::size_t index, std::int64_t direction) {
  const at::Tensor all = optional_input(inputs, index);
  return all.defined() ? all.select(0, direction) : all;
}

/// Initial state [N, H] of one direction; zeros if the input is absent.
at::Tensor initial_state(
    const Recurrence& recurrence,
    const Tensors& inputs,
    std::size_t index,
    std::int64_t direction,
    const at::Tensor& steps) {
  const at::Tensor given = optional_input(inputs, index);
  if (given.defined()) {
    return given.select(recurrence.is_batch_first ? 1 : 0, direction);
  }
  return at::zeros({steps.size(1), inputs[2].size(-1)}, steps.options());
}

/// [T, N] position of the t-th step of each sequence when it runs backwards
/// within its own length. The mapping is its own inverse.
at::Tensor reversed_positions(const at::Tensor& lengths, std::int64_t steps) {
  const at::Tensor step = at::arange(steps, lengths.device()).unsqueeze(1);
  const at::Tensor length = lengths.to(at::kLong).unsqueeze(0);
  return at::where(step < length, length - 1 - step, step);
}

at::Tensor reverse_steps(const at::Tensor& steps, const at::Tensor& lengths) {
  if (!lengths.defined()) {
    return steps.flip({0});
  }
  const at::Tensor batch =
      at::arange(steps.size(1), steps.device()).unsqueeze(0);
  return at::index(steps, {reversed_positions(lengths, steps.size(0)), batch});
}

/// Outputs of one direction: every step's hidden state [T, N, H], 0 after a
/// sequence's end, and the last state of each sequence.
struct DirectionOutput {
  at::Tensor hidden;
  CellState last;
};

CellState select_running(
    const at::Tensor& is_running, const CellState& next, const CellState& old) {
  CellState result{at::where(is_running, next.hidden, old.hidden), {}};
  if (next.cell.defined()) {
    result.cell = at::where(is_running, next.cell, old.cell);
  }
  return result;
}

DirectionOutput run_direction(
    const Recurrence& recurrence,
    const Tensors& inputs,
    const at::Tensor& steps,
    std::size_t direction) {
  const auto d = static_cast<std::int64_t>(direction);
  const at::Tensor lengths = optional_input(inputs, 4);
  const at::Tensor bias = of_direction(inputs, 3, d);
  const std::vector<at::Tensor> halves =
      bias.defined() ? bias.chunk(2, 0) : std::vector<at::Tensor>(2);
  const CellWeights weights{
      .recurrent = inputs[2].select(0, d),
      .recurrent_bias = halves[1],
      .peepholes = of_direction(inputs, 7, d)};
  const bool is_reversed = recurrence.is_reversed[direction];
  const at::Tensor ordered =
      is_reversed ? reverse_steps(steps, lengths) : steps;
  const at::Tensor projected =
      at::linear(ordered, inputs[1].select(0, d), halves[0]);
  CellState state{initial_state(recurrence, inputs, 5, d, steps), {}};
  if (recurrence.kind.has_cell) {
    state.cell = initial_state(recurrence, inputs, 6, d, steps);
  }
  std::vector<at::Tensor> hidden;
  for (std::int64_t t = 0; t < steps.size(0); ++t) {
    CellState next = recurrence.kind.step(
        projected[t], state, weights, recurrence.settings[direction]);
    if (!lengths.defined()) {
      hidden.push_back(next.hidden);
      state = std::move(next);
      continue;
    }
    const at::Tensor is_running = lengths.gt(t).unsqueeze(1);
    hidden.push_back(next.hidden * is_running);
    state = select_running(is_running, next, state);
  }
  const at::Tensor all = at::stack(hidden, 0);
  return {is_reversed ? reverse_steps(all, lengths) : all, state};
}

void check_inputs(const Recurrence& recurrence, const Tensors& inputs) {
  const auto directions =
      static_cast<std::int64_t>(recurrence.is_reversed.size());
  const at::Tensor& recurrent = inputs[2];
  OMPQ_CHECK(
      inputs[0].dim() == 3 && inputs[1].dim() == 3 && recurrent.dim() == 3,
      ErrorCode::ShapeMismatch,
      "X, W and R must have rank 3");
  OMPQ_CHECK(
      recurrent.size(0) == directions && inputs[1].size(0) == directions &&
          recurrent.size(1) == recurrence.kind.gates * recurrent.size(2) &&
          inputs[1].size(1) == recurrent.size(1) &&
          (recurrence.hidden_size == 0 ||
           recurrence.hidden_size == recurrent.size(2)),
      ErrorCode::ShapeMismatch,
      "expected W [{0}, {1} H, I] and R [{0}, {1} H, H], hidden_size is {2}",
      directions,
      recurrence.kind.gates,
      recurrence.hidden_size);
  OMPQ_CHECK(
      inputs[0].size(recurrence.is_batch_first ? 1 : 0) > 0,
      ErrorCode::ShapeMismatch,
      "the sequence is empty");
}

Tensors run_recurrence(const Recurrence& recurrence, const Tensors& inputs) {
  check_inputs(recurrence, inputs);
  const at::Tensor steps =
      recurrence.is_batch_first ? inputs[0].transpose(0, 1) : inputs[0];
  Tensors hidden;
  Tensors last_hidden;
  Tensors last_cell;
  for (std::size_t d = 0; d < recurrence.is_reversed.size(); ++d) {
    DirectionOutput output = run_direction(recurrence, inputs, steps, d);
    hidden.push_back(output.hidden);
    last_hidden.push_back(output.last.hidden);
    last_cell.push_back(output.last.cell);
  }
  // Y is [T, D, N, H], or [N, T, D, H] with the batch first.
  const bool is_batch_first = recurrence.is_batch_first;
  const at::Tensor all = at::stack(hidden, 1);
  const std::int64_t place = is_batch_first ? 1 : 0;
  Tensors outputs{
      is_batch_first ? all.permute({2, 0, 1, 3}) : all,
      at::stack(last_hidden, place)};
  if (recurrence.kind.has_cell) {
    outputs.push_back(at::stack(last_cell, place));
  }
  return outputs;
}

Operator make_recurrence(const Node& node, CellKind kind) {
  return
      [recurrence = read_recurrence(node, std::move(kind))](
          const Tensors& inputs) { return run_recurrence(recurrence, inputs); };
}

Operator make_lstm(const Node& node, const Graph& /*graph*/) {
  return make_recurrence(
      node, {lstm_step, 4, {"Sigmoid", "Tanh", "Tanh"}, true});
}

Operator make_gru(const Node& node, const Graph& /*graph*/) {
  return make_recurrence(node, {gru_step, 3, {"Sigmoid", "Tanh"}, false});
}

Operator make_rnn(const Node& node, const Graph& /*graph*/) {
  return make_recurrence(node, {rnn_step, 1, {"Tanh"}, false});
}

}  // namespace

std::span<const OperatorEntry> recurrent_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"GRU", 3, 6, make_gru},
      {"LSTM", 3, 8, make_lstm},
      {"RNN", 3, 6, make_rnn},
  };
  return kOperators;
}

}  // namespace ompq
