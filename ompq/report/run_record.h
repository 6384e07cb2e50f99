// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/report/section_reader.h"

namespace ompq {

/// The newest format of record.json that this library knows.
inline constexpr int kKnownRecordFormat = 2;

/// An accuracy in a record.
struct RecordedAccuracy {
  /// Shares of the images, in [0, 1].
  double top1 = 0.0;
  std::optional<double> top5;
  std::int64_t images = 0;
};

/// A curve: x and y of each point.
using Curve = std::vector<std::pair<double, double>>;

/// One unit of a reconstruction.
struct RecordedUnit {
  std::string name;
  double sqnr_before_db = 0.0;
  double sqnr_after_db = 0.0;
  std::int64_t iterations = 0;
  double seconds = 0.0;
  /// Loss by gradient step.
  Curve losses;
};

/// One layer of a record.
struct RecordedLayer {
  std::string name;
  std::string kind;
  std::int64_t weights = 0;
  LayerBits bits;
  std::optional<double> sqnr_before_db;
  std::optional<double> sqnr_after_db;
};

/// One curve of a training: accuracy or loss by epoch or step.
struct TrainingCurve {
  std::string name;
  Curve points;
};

/// What a training wrote down.
struct TrainingHistory {
  /// What the curves run over: "epoch", "step".
  std::string unit;
  std::vector<TrainingCurve> curves;
};

/// What can be read of a record.json. Everything may be absent: records of
/// other versions have less, or more.
struct RunRecord {
  std::string model_file;
  std::string model_hash;
  std::vector<std::string> command;
  std::string date;
  /// Texts by name.
  std::vector<std::pair<std::string, std::string>> versions;
  std::vector<std::pair<std::string, std::string>> machine;
  std::vector<std::pair<std::string, std::string>> settings;
  /// Wall time by stage, in seconds.
  std::vector<std::pair<std::string, double>> seconds;
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> threads;
  std::optional<std::int64_t> calibration_examples;
  std::optional<std::int64_t> peak_memory_bytes;
  std::optional<RecordedAccuracy> float_accuracy;
  std::optional<RecordedAccuracy> quantized_accuracy;
  std::optional<std::int64_t> file_bytes;
  std::optional<std::int64_t> payload_bytes;
  std::optional<double> average_bits;
  std::string profile;
  std::vector<RecordedUnit> units;
  std::vector<RecordedLayer> layers;
  /// Epochs of a training; its history.json has more.
  std::optional<TrainingHistory> training;
};

/// Reads a record section by section. A section that is damaged is left out
/// with a notice, and so is a format other than the one known.
///
/// @param where    begins every notice, e.g. "out/record.json"
/// @param notices  what the reader of the report should know; added to
[[nodiscard]] OMPQ_API RunRecord
read_run_record(const Json& json, const std::string& where, Notices& notices);

/// Texts of the members of a JSON object; nested ones are written as JSON.
[[nodiscard]] OMPQ_API std::vector<std::pair<std::string, std::string>>
named_texts(const Json& json);

}  // namespace ompq
