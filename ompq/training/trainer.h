// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/training/trainable_network.h"
#include "ompq/training/training_loss.h"
#include "ompq/training/training_options.h"

namespace ompq {

/// What one gradient step found before it moved anything.
struct StepReport {
  /// Mean loss of the batch.
  double loss = 0.0;
  /// Examples whose label has the highest score; 0 without labels.
  std::int64_t hits = 0;
  /// Norm of the gradient before it was clipped.
  double gradient_norm = 0.0;
  double learning_rate = 0.0;
};

/// Trains a network step by step: loss, gradients, clipping, optimizer, average
/// of weights. Repeatable: the same network, batches and thread count give the
/// same bits, also when the state was saved and loaded in between.
class OMPQ_API Trainer {
 public:
  /// @param network  trained in place; must outlive the trainer
  Trainer(
      TrainableNetwork& network,
      const TrainingOptions& options,
      std::int64_t steps_per_epoch);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  /// One step on one batch; the network's first output is the scores.
  ///
  /// @throws Error{Degenerate}   the loss or the gradient is not finite; says
  ///                             at which step. Nothing has moved
  [[nodiscard]] StepReport step(const Tensors& inputs, const Targets& targets);

  /// Steps taken, since the beginning of the training.
  [[nodiscard]] std::int64_t steps_done() const;

  /// Does something with the network as it is handed out: with the average of
  /// its weights, if there is one.
  void with_result(const std::function<void()>& work) const;

  /// Everything that later steps depend on, as bytes.
  [[nodiscard]] std::string save() const;

  /// Goes on where save() was called.
  ///
  /// @throws Error{InvalidFile}  the bytes are of another network or optimizer
  void load(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ompq
