// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/reconstruction/activation_step.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/reconstruction/rounded_rows.h"
#include "ompq/reconstruction/unit_network.h"
#include "ompq/reconstruction/weight_rows.h"

namespace ompq {

/// A quantized layer of a unit: what it began with and what it has come to.
struct UnitLayer {
  std::string name;
  WeightRows layout;
  IntegerGrid grid;
  /// The float weight, [R, K] float32.
  at::Tensor weight;
  /// Undefined if the layer cannot add one.
  at::Tensor bias;
  RoundedRows rounded;
};

/// A quantized value that a unit computes.
struct UnitActivation {
  std::string value;
  ActivationStep step;
  /// Values with the same number share a scale.
  std::size_t site = 0;
  /// False if other units have a part in its scale.
  bool is_learned = true;
};

/// One unit while it is quantized.
struct UnitProblem {
  UnitNetwork network;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<UnitLayer> layers;
  std::vector<UnitActivation> activations;
  /// Weight of the error of each output's channels, [C] float32 with mean 1, by
  /// position among the outputs; empty: all alike.
  Tensors channel_weights;
  /// Position of the unit: with the seed it decides on random numbers.
  std::size_t index = 0;
};

/// Weights, biases and quantizers as they are now.
[[nodiscard]] OMPQ_API UnitTensors current_tensors(const UnitProblem& unit);

/// A layer's tensors for given codes.
[[nodiscard]] LayerTensors layer_tensors(
    const UnitLayer& layer, const RoundedRows& rows);

}  // namespace ompq
