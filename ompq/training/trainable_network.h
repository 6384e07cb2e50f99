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
#include "ompq/reconstruction/weight_rows.h"
#include "ompq/training/weight_quantizer.h"

namespace ompq {

/// A normalisation behind a layer, on the channels of its output z:
///
///   y = gamma (z - mean) / sqrt(variance + epsilon) + beta
///
/// mean and variance are those of the batch, or the running ones.
struct TrainableNorm {
  /// Each [C] float32; gamma and beta are leaves of autograd.
  at::Tensor gamma;
  at::Tensor beta;
  at::Tensor running_mean;
  at::Tensor running_variance;
  double epsilon = 1e-5;

  /// What the running statistics make of it: y = factor z + shift, each [C].
  /// A factor is never 0: a channel that is switched off keeps its sign.
  struct Affine {
    at::Tensor factor;
    at::Tensor shift;
  };
  [[nodiscard]] OMPQ_API Affine affine() const;
};

/// A layer whose weight is trained. What is learned is relative, so that one
/// learning rate suits channels whose weights differ by orders of magnitude, as
/// they do once BatchNormalization is folded:
///
///   w = unit x weight,   s = start of the step x (1 + step)
struct TrainableLayer {
  std::string name;
  WeightRows layout;
  /// [R, K] float32, a leaf.
  at::Tensor weight;
  /// [R, 1] float32, fixed: root of the mean square of each row at the start of
  /// a quantized layer, 1 for a float one.
  at::Tensor unit;
  /// [R] float32, a leaf; undefined if the layer adds none, or a normalisation
  /// follows.
  at::Tensor bias;
  /// Position among TrainableParts::activations of the value that the layer
  /// reads, if its bias is added to integers: then the forward pass has
  ///
  ///   round(b / (s_x s_w)) s_x s_w
  ///
  /// with the steps of that value and of the weight, as every runtime on
  /// integers has it; gradients pass straight through.
  std::optional<std::size_t> bias_input;
  /// The grid at the start; absent: the weight stays float.
  std::optional<WeightGrid> start_grid;
  /// [R, S] float32, or [1, 1] if all rows share one; a leaf, 0 at the start.
  at::Tensor step;
  std::optional<TrainableNorm> norm;

  /// The real weights as they are now, [R, K].
  [[nodiscard]] OMPQ_API at::Tensor real_weight() const;
  /// The grid as it is now; for quantized layers.
  [[nodiscard]] OMPQ_API WeightGrid grid() const;
  /// The weights of the forward pass, [R, K].
  [[nodiscard]] OMPQ_API at::Tensor effective_weight() const;
};

/// A value that is quantized in the forward pass:
///
///   s = start of the step x (1 + step),
///   z = start of the zero point + highest code x offset
struct TrainableActivation {
  std::string value;
  IntegerGrid grid;
  AffineParameters start;
  /// [1] float32 leaves, 0 at the start; those of one site are the same.
  at::Tensor step;
  /// Undefined where the zero point is not learned.
  at::Tensor offset;

  /// The quantizer as it is now.
  [[nodiscard]] OMPQ_API ActivationStep quantizer() const;
};

/// What is trained of a network.
struct TrainableParts {
  std::vector<TrainableLayer> layers;
  std::vector<TrainableActivation> activations;
};

/// Statistics that normalisations use in a pass.
enum class NormStatistics {
  /// Those of the batch; running ones move a tenth of the way towards them.
  Batch,
  /// The running ones.
  Running,
};

/// A network whose weights, biases, normalisations and quantizers are trained;
/// without grids and activations, the float network. Other constants of the
/// graph stay.
class OMPQ_API TrainableNetwork {
 public:
  /// @param graph  canonical form with shapes, BatchNormalization folded
  /// @param parts  layers and values of the graph
  /// @throws Error{InvalidArgument}  a layer or value that the graph lacks
  /// @throws Error{Unsupported}      an operator or a mode of one
  TrainableNetwork(Graph graph, TrainableParts parts);
  ~TrainableNetwork();
  TrainableNetwork(TrainableNetwork&&) noexcept;
  TrainableNetwork& operator=(TrainableNetwork&&) noexcept;

  [[nodiscard]] const Graph& graph() const;
  [[nodiscard]] const TrainableParts& parts() const;

  /// Outputs for one tensor per input; differentiable.
  ///
  /// @param inputs  [N, ...] float32, pictures best channels last; not changed
  [[nodiscard]] Tensors run(
      const Tensors& inputs,
      NormStatistics statistics = NormStatistics::Running) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
