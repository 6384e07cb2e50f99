// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/graph/graph.h"

namespace ompq {

/// Function applied inside a cell.
using CellActivation = std::function<at::Tensor(const at::Tensor&)>;

/// What a cell carries from step to step, both [N, H]; `cell` is used by LSTM
/// only.
struct CellState {
  at::Tensor hidden;
  at::Tensor cell;
};

/// Weights of one direction; G gates are stacked in ONNX order.
struct CellWeights {
  /// [G H, H]
  at::Tensor recurrent;
  /// [G H], added to the recurrent products.
  at::Tensor recurrent_bias;
  /// [3 H] in the order input, output, forget; undefined without peepholes.
  at::Tensor peepholes;
};

/// Settings of one direction.
struct CellSettings {
  std::vector<CellActivation> activations;
  bool couples_input_and_forget = false;
  bool is_linear_before_reset = false;
};

/// One step. `projected` is the input times its weights plus its bias,
/// [N, G H].
using CellStep = CellState (*)(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings);

/// Gates i, o, f, c; activations f, g, h.
[[nodiscard]] CellState lstm_step(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings);

/// Gates z, r, h; activations f, g.
[[nodiscard]] CellState gru_step(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings);

/// One gate; activation f.
[[nodiscard]] CellState rnn_step(
    const at::Tensor& projected,
    const CellState& state,
    const CellWeights& weights,
    const CellSettings& settings);

/// The attributes activations, activation_alpha, activation_beta and clip.
///
/// @param defaults    activation names of one direction
/// @param directions  1 or 2
/// @return one list of activations per direction
/// @throws Error{InvalidModel}  wrong number of names
/// @throws Error{Unsupported}   unknown activation
[[nodiscard]] std::vector<std::vector<CellActivation>> read_cell_activations(
    const Node& node,
    const std::vector<std::string>& defaults,
    std::size_t directions);

}  // namespace ompq
