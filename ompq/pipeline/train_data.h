// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/observer.h"
#include "ompq/data/batch_loader.h"
#include "ompq/data/dataset.h"
#include "ompq/pipeline/train.h"

namespace ompq {

/// Training examples without those that are held out, and those.
struct HeldOut {
  std::shared_ptr<const Dataset> training;
  /// Null if none are held out.
  std::shared_ptr<const Dataset> validation;
};

/// Holds a share of the examples out, drawn by the seed; at least one is left
/// for training.
///
/// @param share  in [0, 1)
[[nodiscard]] OMPQ_API HeldOut hold_out(
    const std::shared_ptr<const Dataset>& dataset,
    double share,
    std::uint64_t seed);

/// Checks labels before anything slow begins: all within the classes, more than
/// one class (otherwise a warning), labels or something to learn from.
///
/// @param classes  scores that the network gives
/// @throws Error{InvalidData}      a label outside 0 to classes - 1; names the
///                                 example
/// @throws Error{InvalidArgument}  no labels and no distillation
void check_training_labels(
    const Dataset& dataset,
    std::int64_t classes,
    double distillation,
    Observer& observer);

/// What identifies a dataset: number, names and labels of all examples, pixels
/// of a few.
[[nodiscard]] Json dataset_identity(const Dataset& dataset);

/// A loader for the steps from `first_step` to the end of the training, with
/// augmentation.
[[nodiscard]] std::unique_ptr<BatchLoader> open_epochs(
    const TrainingTask& task,
    const TrainRunOptions& options,
    std::int64_t first_step,
    Observer& observer);

}  // namespace ompq
