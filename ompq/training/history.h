// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"

namespace ompq {

/// What a pass over some examples found. Losses are means; accuracies are
/// shares in [0, 1], absent without labels.
struct PassScore {
  double loss = 0.0;
  std::optional<double> accuracy;

  friend bool operator==(const PassScore&, const PassScore&) = default;
};

/// One gradient step.
struct StepRow {
  /// Counts from 1.
  std::int64_t step = 0;
  double learning_rate = 0.0;
  PassScore training;
  double gradient_norm = 0.0;

  friend bool operator==(const StepRow&, const StepRow&) = default;
};

/// One epoch.
struct EpochRow {
  /// Counts from 1.
  std::int64_t epoch = 0;
  /// Steps since the beginning.
  std::int64_t steps = 0;
  /// Of its steps, each before it moved anything.
  PassScore training;
  /// Of the network as it is handed out, after the epoch.
  std::optional<PassScore> validation;

  friend bool operator==(const EpochRow&, const EpochRow&) = default;
};

/// How a training went. It holds no times, so that a run that was interrupted
/// has the same one, bit for bit, as a run that was not.
struct History {
  std::vector<StepRow> steps;
  std::vector<EpochRow> epochs;

  friend bool operator==(const History&, const History&) = default;
};

/// Which epoch's network is handed out.
enum class KeptEpoch {
  /// The best on the validation examples; the last without any.
  Best,
  Last,
};

/// Position of the best epoch: the highest accuracy on the validation examples,
/// of equal ones the least loss, of equal ones the last; without labels, the
/// least loss. The last epoch without validation; absent without epochs.
[[nodiscard]] OMPQ_API std::optional<std::size_t> best_epoch(
    const History& history);

[[nodiscard]] OMPQ_API Json to_json(const History& history);

/// Reads what to_json() wrote; numbers come back bit for bit.
///
/// @throws Error  with the reader's code and the field's name
[[nodiscard]] OMPQ_API History read_history(const JsonReader& reader);

/// The epochs as a table with a header, commas between fields, empty where
/// something was not measured.
[[nodiscard]] OMPQ_API std::string epochs_csv(const History& history);

/// The steps, likewise.
[[nodiscard]] OMPQ_API std::string steps_csv(const History& history);

}  // namespace ompq
