// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/graph/layer_norms.h"
#include "ompq/plan/layer_table.h"
#include "ompq/quantization/quantized_model.h"
#include "ompq/training/trainable_network.h"

namespace ompq {

/// What a training starts from.
struct TrainingStart {
  /// Canonical form with shapes, BatchNormalization folded.
  Graph graph;
  /// The graph's quantizable layers.
  LayerTable layers;
  /// Integers and steps; without layers and activations, training is float.
  QuantizedModel quantized;
  /// Real weights behind the integers, [R, K] by layer: where they are known,
  /// a weight starts there, as far as it rounds to its integer.
  std::map<std::string, at::Tensor> real_weights;
  /// Normalisations that are kept, by layer; see find_layer_norms().
  std::map<std::string, LayerNorm> norms;
  /// Quantized values by the layers that read them and whose biases are added
  /// to integers; see find_integer_bias_inputs().
  std::map<std::string, std::string> bias_inputs = {};
  /// Steps of quantizers are learned.
  bool learn_steps = true;
};

/// The network as it is trained. At the start, with running statistics, it
/// gives what integers and steps say, or what the graph gives:
///
///   w = s (q - z + clip(v / s - (q - z), -0.49, 0.49)),  v the real weight
///
/// A normalisation that was folded into a layer comes back behind it, as one of
/// the folded layer's outputs without bias:
///
///   mean = shift - bias,  variance' = scale^2 variance,
///   gamma = sqrt(variance' + epsilon),  beta = shift
///
/// The zero point of an activation is learned where the grid has codes on both
/// sides of it.
///
/// @throws Error{Unsupported}      a weight that cannot be seen as rows
/// @throws Error{InvalidArgument}  a quantized layer that the graph lacks, a
///                                 bias on integers of a float value
[[nodiscard]] OMPQ_API TrainableNetwork
make_trainable(const TrainingStart& start);

}  // namespace ompq
