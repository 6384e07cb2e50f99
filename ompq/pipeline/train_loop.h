// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "ompq/core/observer.h"
#include "ompq/data/batch_loader.h"
#include "ompq/engine/network.h"
#include "ompq/pipeline/run_folder.h"
#include "ompq/pipeline/train.h"
#include "ompq/pipeline/train_state.h"
#include "ompq/training/trainer.h"

namespace ompq {

/// How fast a training went in this process.
struct TrainSpeed {
  std::int64_t steps = 0;
  std::int64_t examples = 0;
  double seconds = 0.0;
  /// Of these, spent waiting for batches.
  double waiting_seconds = 0.0;
};

/// The steps of a training, from where its folder's state is to the end:
/// batches, teacher, validation, checkpoints, early stop.
class TrainLoop {
 public:
  /// @param task     must outlive the loop, like all others
  /// @param network  made of task.start; trained in place
  TrainLoop(
      const TrainingTask& task,
      const TrainRunOptions& options,
      TrainableNetwork& network,
      RunFolder& folder,
      Observer& observer);

  /// Trains to the end. Afterwards the trainer holds the epoch that is kept.
  ///
  /// @throws as train()
  void run();

  [[nodiscard]] const Trainer& trainer() const { return trainer_; }
  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] const TrainSpeed& speed() const { return speed_; }
  /// Steps that came from a checkpoint.
  [[nodiscard]] std::int64_t resumed_steps() const { return resumed_steps_; }

 private:
  using Clock = std::chrono::steady_clock;

  void resume();
  void take_steps();
  void step(const Batch& batch);
  void report_progress();
  [[nodiscard]] Targets targets_of(
      const Batch& batch, const Tensors& inputs) const;
  void end_epoch();
  [[nodiscard]] PassScore validate();
  [[nodiscard]] bool is_finished() const;
  void save();
  void load_kept();

  const TrainingTask& task_;
  const TrainRunOptions& options_;
  TrainableNetwork& network_;
  RunFolder& folder_;
  Observer& observer_;
  std::int64_t steps_per_epoch_;
  Trainer trainer_;
  /// The float network, if something is learned from it.
  std::unique_ptr<Network> teacher_;
  History history_;
  EpochSums sums_;
  TrainSpeed speed_;
  std::int64_t resumed_steps_ = 0;
  Clock::time_point last_save_ = Clock::now();
};

}  // namespace ompq
