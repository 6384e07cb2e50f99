// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/training/history.h"

namespace ompq {

/// Where a training stands after a step.
struct TrainProgress {
  /// Counts from 1.
  std::int64_t epoch = 1;
  std::int64_t epochs = 1;
  /// Steps taken, of all epochs.
  std::int64_t step = 0;
  std::int64_t steps = 0;
  /// Of the epoch so far.
  PassScore training;
  /// Since this process began.
  double images_per_s = 0.0;
  /// Share of the time spent waiting for the next batch, in [0, 1].
  double waiting = 0.0;
};

}  // namespace ompq
