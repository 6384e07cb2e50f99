// SPDX-License-Identifier: MIT
#include "ompq/engine/recurrent_cells.h"

#include <map>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// alpha and beta are the numbers some activations take.
using ActivationFunction =
    at::Tensor (*)(const at::Tensor& x, double alpha, double beta);

struct ActivationKind {
  ActivationFunction function;
  /// Numbers taken from activation_alpha and activation_beta.
  bool takes_alpha = false;
  bool takes_beta = false;
  double alpha = 0;
  double beta = 0;
};

const std::map<std::string, ActivationKind>& activation_kinds() {
  using Input = const at::Tensor&;
  static const std::map<std::string, ActivationKind> kinds{
      {"Relu", {[](Input x, double, double) { return at::relu(x); }}},
      {"Tanh", {[](Input x, double, double) { return at::tanh(x); }}},
      {"Sigmoid", {[](Input x, double, double) { return at::sigmoid(x); }}},
      {"Softplus", {[](Input x, double, double) { return at::softplus(x); }}},
      {"Softsign", {[](Input x, double, double) { return x / (x.abs() + 1); }}},
      {"LeakyRelu",
       {[](Input x, double a, double) { return at::leaky_relu(x, a); },
        true,
        false,
        0.01}},
      {"ThresholdedRelu",
       {[](Input x, double a, double) { return x * (x > a); }, true, false, 1}},
      {"Elu",
       {[](Input x, double a, double) { return at::elu(x, a); },
        true,
        false,
        1}},
      {"HardSigmoid",
       {[](Input x, double a, double b) { return at::clamp(x * a + b, 0, 1); },
        true,
        true,
        0.2,
        0.5}},
      {"Affine",
       {[](Input x, double a, double b) { return x * a + b; }, true, true, 1}},
      {"ScaledTanh",
       {[](Input x, double a, double b) { return at::tanh(x * b) * a; },
        true,
        true,
        1,
        1}},
  };
  return kinds;
}

double next_number(
    const std::vector<float>& given, std::size_t& position, double fallback) {
  return position < given.size() ? given[position++] : fallback;
}

std::vector<at::Tensor> gates(const at::Tensor& all, std::int64_t count) {
  return all.chunk(count, -1);
}

at::Tensor recurrent_product(
    const at::Tensor& hidden, const CellWeights& weights) {
  return at::linear(hidden, weights.recurrent, weights.recurrent_bias);
}

}  // namespace

CellState lstm_step(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings) {
  const auto& f = settings.activations[0];
  const auto& g = settings.activations[1];
  const auto& h = settings.activations[2];
  const auto gate =
      gates(projected + recurrent_product(state.hidden, weights), 4);
  const bool has_peepholes = weights.peepholes.defined();
  const auto peephole =
      has_peepholes ? gates(weights.peepholes, 3) : std::vector<at::Tensor>();
  const auto peeked = [&](int index, int place, const at::Tensor& cell) {
    return has_peepholes ? gate[index] + peephole[place] * cell : gate[index];
  };
  const at::Tensor input = f(peeked(0, 0, state.cell));
  const at::Tensor forget = settings.couples_input_and_forget
                                ? 1 - input
                                : f(peeked(2, 2, state.cell));
  const at::Tensor cell = forget * state.cell + input * g(gate[3]);
  const at::Tensor output = f(peeked(1, 1, cell));
  return {output * h(cell), cell};
}

CellState gru_step(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings) {
  const auto& f = settings.activations[0];
  const auto& g = settings.activations[1];
  const auto input = gates(projected, 3);
  const auto recurrent = gates(recurrent_product(state.hidden, weights), 3);
  const at::Tensor update = f(input[0] + recurrent[0]);
  const at::Tensor reset = f(input[1] + recurrent[1]);
  at::Tensor candidate;
  if (settings.is_linear_before_reset) {
    candidate = g(input[2] + reset * recurrent[2]);
  } else {
    const at::Tensor weight = gates(weights.recurrent.t(), 3)[2];
    const at::Tensor bias = weights.recurrent_bias.defined()
                                ? gates(weights.recurrent_bias, 3)[2]
                                : at::zeros({1}, input[2].options());
    candidate = g(input[2] + at::mm(reset * state.hidden, weight) + bias);
  }
  return {(1 - update) * candidate + update * state.hidden, {}};
}

CellState rnn_step(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings) {
  return {
      settings.activations[0](
          projected + recurrent_product(state.hidden, weights)),
      {}};
}

std::vector<std::vector<CellActivation>> read_cell_activations(
    const Node& node,
    const std::vector<std::string>& defaults,
    std::size_t directions) {
  std::vector<std::string> names;
  if (node.has("activations")) {
    const auto* given = std::get_if<std::vector<std::string>>(
        &node.attributes.at("activations"));
    OMPQ_CHECK(
        given != nullptr && given->size() == directions * defaults.size(),
        ErrorCode::InvalidModel,
        "activations must be {} names",
        directions * defaults.size());
    names = *given;
  }
  for (std::size_t i = names.size(); i < directions * defaults.size(); ++i) {
    names.push_back(defaults[i % defaults.size()]);
  }
  const std::vector<float> alphas = node.reals("activation_alpha", {});
  const std::vector<float> betas = node.reals("activation_beta", {});
  const double clip = node.real("clip", 0);
  std::size_t alpha_position = 0;
  std::size_t beta_position = 0;
  std::vector<std::vector<CellActivation>> result(directions);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = activation_kinds().find(names[i]);
    OMPQ_CHECK(
        found != activation_kinds().end(),
        ErrorCode::Unsupported,
        "unknown activation '{}'",
        names[i]);
    const ActivationKind& kind = found->second;
    const double alpha =
        kind.takes_alpha ? next_number(alphas, alpha_position, kind.alpha) : 0;
    const double beta =
        kind.takes_beta ? next_number(betas, beta_position, kind.beta) : 0;
    result[i / defaults.size()].push_back(
        [function = kind.function, alpha, beta, clip](const at::Tensor& x) {
          return function(
              clip > 0 ? at::clamp(x, -clip, clip) : x, alpha, beta);
        });
  }
  return result;
}

}  // namespace ompq
