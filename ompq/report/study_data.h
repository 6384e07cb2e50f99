// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"

namespace ompq {

/// A rank correlation with its interval, each in [-1, 1].
struct RecordedCorrelation {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

/// How one way to choose widths did at one budget.
struct RecordedCell {
  /// Accuracy of the plan it chose, in [0, 1].
  double top1 = 0.0;
  /// Divergence of that plan's output, in nats.
  double divergence = 0.0;
  std::optional<RecordedCorrelation> correlation;
};

/// One way to choose widths, at every budget.
struct RecordedRow {
  std::string name;
  std::vector<RecordedCell> cells;
};

/// The random plans of one budget.
struct RecordedBudget {
  double average_bits = 0.0;
  std::vector<double> random_top1;
};

/// The comparison of scores that `ompq study` wrote.
struct StudyData {
  std::string model_file;
  std::string model_hash;
  double float_top1 = 0.0;
  std::int64_t evaluation_images = 0;
  std::int64_t calibration_images = 0;
  std::vector<RecordedBudget> budgets;
  std::vector<RecordedRow> scores;
  std::vector<RecordedRow> ablations;
};

/// Reads study.json.
///
/// @throws Error{InvalidFile}  a field is missing or wrong, or the version is
///                             newer than this library; names it
[[nodiscard]] OMPQ_API StudyData
read_study(const Json& json, const std::string& where);

}  // namespace ompq
