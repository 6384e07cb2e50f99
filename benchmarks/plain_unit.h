// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/engine/operator.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// A number that a plain gradient step learns, with its state of Adam.
struct PlainVariable {
  at::Tensor value;
  at::Tensor mean;
  at::Tensor square;
};

/// Loss of one step and the gradients by what the unit computes with.
struct PlainGradients {
  double loss = 0.0;
  Tensors weights;
  Tensors biases;
  Tensors scales;
};

/// Gradient steps of a unit in separate tensor operations of libtorch, the way
/// a researcher writes them: straight-through rounding by detach(), QDrop by
/// rand() and where(), Adam by arithmetic on tensors. The mathematics is that
/// of optimize_unit(), the random numbers are not.
class PlainUnit {
 public:
  /// @param layout  of images and kernels: Contiguous (NCHW) or ChannelsLast
  PlainUnit(
      const UnitProblem& unit,
      const Frontier& frontier,
      at::MemoryFormat layout,
      double drop_probability);

  /// Gradients of one batch; variables stay.
  [[nodiscard]] PlainGradients gradients(std::span<const std::int64_t> groups);

  /// One step of Adam.
  void step(std::span<const std::int64_t> groups);

 private:
  struct Activation {
    PlainVariable log_scale;
    double zero_point = 0.0;
    double lowest = 0.0;
    double highest = 0.0;
  };

  struct Layer {
    ValueId weight;
    std::optional<ValueId> bias;
    PlainVariable codes;
    PlainVariable log_scale;
    PlainVariable own_bias;
    at::Tensor zero_point;
    double lowest = 0.0;
    double highest = 0.0;
  };

  /// A node and the position of the quantizer of its output.
  struct Step {
    Operator run;
    std::vector<std::optional<ValueId>> inputs;
    std::vector<std::optional<ValueId>> outputs;
    std::optional<std::size_t> quantizer;
  };

  void add_layer(const UnitLayer& layer);
  void add_steps(const UnitProblem& unit);
  [[nodiscard]] at::Tensor stored(const at::Tensor& values) const;
  [[nodiscard]] at::Tensor gather(
      const at::Tensor& values, const at::Tensor& rows) const;
  [[nodiscard]] at::Tensor forward(const at::Tensor& rows);
  [[nodiscard]] at::Tensor quantize(
      const at::Tensor& input, std::size_t activation);
  void require_gradients(bool is_required);

  const Graph& graph_;
  at::MemoryFormat layout_;
  double drop_probability_;
  std::vector<Layer> layers_;
  std::vector<Activation> activations_;
  std::vector<Step> steps_;
  Tensors constants_;
  /// By position among the unit's inputs and outputs, all groups.
  Tensors float_inputs_;
  Tensors quantized_inputs_;
  Tensors targets_;
  double variance_ = 0.0;
  int step_ = 0;
  /// Of the last pass, for gradients().
  Tensors weights_;
  Tensors scales_;
};

}  // namespace ompq
