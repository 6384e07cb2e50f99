// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/augment.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"

namespace ompq {

/// How a dataset is shown again and again.
struct EpochsOptions {
  /// Times that the dataset is gone through.
  std::int64_t epochs = 1;
  /// Examples of a step: each epoch shows whole steps, those left over in it
  /// are others every time.
  std::int64_t batch_size = 1;
  /// Steps that are left out at the beginning: a run that goes on.
  std::int64_t first_step = 0;
  Augmentation augmentation;
  /// What holds for geometry where nothing is random.
  Preprocessing preprocessing;
  /// The network's input, [C, H, W]; used for pictures only.
  std::vector<std::int64_t> input_shape;
  std::uint64_t seed = 0;
};

/// Steps of an epoch: floor(examples / batch_size), but 1 for fewer examples
/// than a batch.
[[nodiscard]] OMPQ_API std::int64_t steps_per_epoch(
    const Dataset& dataset, std::int64_t batch_size);

/// All epochs of a training as one dataset: every epoch in an order of its own
/// (Fisher-Yates by seed and epoch), every picture augmented by seed, epoch and
/// index. What is shown at a step does not depend on where the run began or on
/// threads, and a loader may work ahead across the end of an epoch.
///
/// @throws Error{InvalidArgument}  epochs or batch_size < 1, or as
///                                 check_augmentation(); get() throws it for
///                                 arrays, which cannot be augmented
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> all_epochs(
    std::shared_ptr<const Dataset> dataset, const EpochsOptions& options);

}  // namespace ompq
