// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace ompq {

/// How gradients become steps.
enum class OptimizerKind {
  /// Stochastic gradient descent with momentum.
  Sgd,
  /// Adam with decoupled weight decay.
  AdamW,
};

/// How the learning rate falls; see learning_rate_at().
enum class ScheduleKind {
  /// Half a cosine, to 0 at the end.
  Cosine,
  /// By a factor at each of some epochs.
  Step,
  /// Not at all.
  Constant,
};

/// What becomes of the BatchNormalization behind a layer.
enum class NormKind {
  /// Folded into the layer: it stays as the file has it.
  Fold,
  /// Kept with the statistics of each batch, and with its running statistics
  /// from TrainingOptions::freeze_epoch on.
  Freeze,
  /// Kept with the statistics of each batch to the end.
  Train,
};

/// How a network is trained.
struct TrainingOptions {
  std::int64_t epochs = 3;
  /// Examples of a gradient step.
  std::int64_t batch_size = 128;
  OptimizerKind optimizer = OptimizerKind::AdamW;
  /// At its highest; of weights relative to the size of their rows.
  double learning_rate = 0.003;
  double momentum = 0.9;
  /// Of weights; biases, normalizations and steps have none.
  double weight_decay = 1e-4;
  /// Learning rate of biases, normalisations and the quantizers' steps, as a
  /// factor of that of weights.
  double step_rate = 0.1;
  ScheduleKind schedule = ScheduleKind::Cosine;
  /// Epochs in which the rate rises from 0, linearly.
  double warm_up = 0.0;
  /// Step: epochs after which the rate is multiplied by `decay`.
  std::vector<std::int64_t> milestones;
  double decay = 0.1;
  /// Share of the label's probability that goes to all classes alike, [0, 1).
  double label_smoothing = 0.0;
  /// Share of the loss that compares with the float network, in [0, 1].
  double distillation = 0.5;
  /// Temperature of that comparison.
  double temperature = 4.0;
  /// Decay of the average of weights; 0 = no average.
  double average = 0.0;
  /// Largest norm of the gradient; 0 = any.
  double clip = 0.0;
  NormKind norm = NormKind::Fold;
  /// Freeze: epochs with the statistics of batches.
  std::int64_t freeze_epoch = 1;
  /// Steps of quantizers are learned; off: they stay as they are.
  bool learn_steps = true;
};

}  // namespace ompq
