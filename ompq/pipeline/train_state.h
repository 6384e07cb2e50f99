// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "ompq/core/export.h"
#include "ompq/training/history.h"

namespace ompq {

/// Sums over the steps of an epoch that has not ended.
struct EpochSums {
  /// Sum of the losses times the examples.
  double loss = 0.0;
  std::int64_t hits = 0;
  std::int64_t examples = 0;
  /// Labels were there.
  bool has_labels = false;

  /// Means; zeros without examples.
  [[nodiscard]] OMPQ_API PassScore score() const;
};

/// A training that stopped between two steps.
struct TrainState {
  /// Trainer::save().
  std::string trainer;
  History history;
  EpochSums sums;
};

/// Writes a state, whole or not at all: a line with the digest of the run and
/// of all that follows, a line of JSON with the history, and the trainer's
/// bytes.
///
/// @param run  digest of what the training depends on
/// @throws Error{OutputFailed}  disk full or not writable
OMPQ_API void write_train_state(
    const std::filesystem::path& path,
    const std::string& run,
    const TrainState& state);

/// Reads it back, bit for bit; nullopt if the file is missing, damaged or of
/// another run.
[[nodiscard]] OMPQ_API std::optional<TrainState> read_train_state(
    const std::filesystem::path& path, const std::string& run);

}  // namespace ompq
