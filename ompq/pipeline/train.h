// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/observer.h"
#include "ompq/data/augment.h"
#include "ompq/export/profile.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/example_set.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/quantization_record.h"
#include "ompq/pipeline/result_folder.h"
#include "ompq/pipeline/train_progress.h"
#include "ompq/plan/plan.h"
#include "ompq/training/history.h"
#include "ompq/training/make_trainable.h"
#include "ompq/training/training_options.h"

namespace ompq {

/// How train() runs.
struct TrainRunOptions {
  TrainingOptions training;
  Augmentation augmentation;
  InputOptions input;
  KeptEpoch kept = KeptEpoch::Best;
  /// Epochs without a better one after which training ends; 0 = never.
  std::int64_t patience = 0;
  /// Minutes between checkpoints; there is one after each epoch as well.
  double checkpoint_minutes = 5.0;
  /// Threads of the computation; results depend on it.
  int threads = 1;
  std::uint64_t seed = 0;
  /// Forget a checkpoint that is there.
  bool restart = false;
  ExportProfile profile = ExportProfile::Packed;
  /// The command line, for the record.
  std::vector<std::string> command;
  /// Whatever the caller wants to have in the record, by name.
  Json settings = Json::object();
  /// Told after every step and every epoch; may be empty.
  std::function<void(const TrainProgress&)> on_step;
  std::function<void(const EpochRow&)> on_epoch;
};

/// What a training is given.
struct TrainingTask {
  /// The float network: what is learned from, and compared with.
  const PreparedModel& model;
  /// Complete, for this model; `start` has its widths.
  Plan plan;
  TrainingStart start;
  ExampleSet training;
  /// Examples that epochs are judged by.
  std::optional<ExampleSet> validation;
  /// Labelled examples for the accuracy before and after.
  std::optional<ExampleSet> evaluation;
};

/// Trains a network under its bit plan into a folder: model.onnx, plan.json,
/// history.json, epochs.csv, steps.csv and record.json, each whole or not at
/// all, the record last. The state is kept in checkpoint/ meanwhile: the same
/// call after a kill goes on, and gives the same history and model.onnx.
///
/// @throws Error{InvalidArgument}  the folder's checkpoint is of another run
///                                 (names the first field that differs), or the
///                                 data have no labels and nothing is distilled
/// @throws Error{InvalidData}      a label outside the network's classes
/// @throws Error{Degenerate}       the loss is not finite: says the step; the
///                                 last checkpoint is kept
/// @throws Error{Unsupported}      the network takes one batch size only, or
///                                 its first output is not one score per class
/// @throws Error{Infeasible}       the file is above the plan's budget for it
/// @throws Error{OutputFailed}     disk full or not writable
/// @throws Error{Interrupted}      the observer asked to stop; state is kept
[[nodiscard]] OMPQ_API QuantizationRecord train(
    const TrainingTask& task,
    const TrainRunOptions& options,
    const ResultFolder& folder,
    Observer& observer = silent_observer());

}  // namespace ompq
