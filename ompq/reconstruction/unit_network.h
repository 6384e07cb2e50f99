// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/reconstruction/activation_step.h"

namespace ompq {

/// What a layer computes with. An undefined tensor: what the graph holds.
struct LayerTensors {
  at::Tensor weight;
  at::Tensor bias;
};

/// What a unit computes with.
struct UnitTensors {
  /// By position among the unit's layers; empty: the float network.
  std::vector<LayerTensors> layers;
  /// By position among the unit's quantized values; empty: no activation is
  /// quantized.
  std::vector<ActivationStep> activations;
};

/// A unit of a network that computes with weights and quantizers from outside.
/// Every operation is differentiable.
class OMPQ_API UnitNetwork {
 public:
  /// @param unit              of subgraph()
  /// @param layers            names of its quantized layers, in graph order
  /// @param quantized_values  names of values computed in it that are quantized
  UnitNetwork(
      Graph unit,
      std::vector<std::string> layers,
      std::vector<std::string> quantized_values);
  ~UnitNetwork();
  UnitNetwork(UnitNetwork&&) noexcept;
  UnitNetwork& operator=(UnitNetwork&&) noexcept;

  [[nodiscard]] const Graph& graph() const;

  /// The unit's outputs for one tensor per input.
  [[nodiscard]] Tensors run(
      const Tensors& inputs,
      const UnitTensors& tensors,
      const DropSettings& drop = {}) const;

 private:
  friend class UnitPass;
  struct State;
  std::unique_ptr<State> state_;
};

/// One pass through a unit for several micro-batches that stops before every
/// layer, so that its weights can be chosen for what it reads. Without
/// gradients.
///
///   UnitPass pass(network, inputs, {});
///   while (const auto layer = pass.next_layer()) { ... }
///   use(pass.outputs());
class OMPQ_API UnitPass {
 public:
  UnitPass(
      const UnitNetwork& network,
      std::vector<Tensors> micro_batches,
      UnitTensors tensors);
  ~UnitPass();

  /// Runs up to the next layer, first the one it stopped at: its position
  /// among the unit's layers; nullopt at the end.
  [[nodiscard]] std::optional<std::size_t> next_layer();

  /// What the layer it stopped at reads, for each micro-batch.
  [[nodiscard]] Tensors layer_inputs() const;

  /// Runs the layer it stopped at: its output for each micro-batch, before
  /// quantization. next_layer() does not run it again.
  [[nodiscard]] Tensors run_layer();

  /// Weights for the layer it stopped at or a later one; a result of
  /// run_layer() is forgotten.
  void set_layer(std::size_t layer, LayerTensors tensors);

  /// For each micro-batch: the unit's outputs, after the last layer.
  [[nodiscard]] std::vector<Tensors> outputs() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
