// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/metrics/rank_correlation.h"

namespace ompq {

/// How one way to choose widths does at one budget.
struct StudyCell {
  /// Accuracy of the plan that it chooses, in [0, 1].
  double top1 = 0.0;
  /// Accuracy of that plan after a reconstruction; absent if not asked for.
  std::optional<double> reconstructed_top1;
  /// Divergence of that plan's output on the images to evaluate, in nats.
  double divergence = 0.0;
  /// Its order of the random plans against that by accuracy; absent for what
  /// gives plans as a whole (uniform widths).
  std::optional<RankCorrelation> correlation;
};

/// One way to choose widths, at every budget.
struct StudyRow {
  std::string name;
  std::vector<StudyCell> cells;
};

/// The random plans of a budget.
struct StudyBudget {
  double average_bits = 0.0;
  /// Accuracy of each, in [0, 1].
  std::vector<double> top1;
  /// The order by the measured joint divergence on the calibration images
  /// against that by accuracy.
  RankCorrelation divergence;
};

/// What a study found. Accuracies are those of weights rounded to the nearest,
/// with corrected biases and activations in float, unless a name says
/// otherwise.
struct StudyReport {
  std::string model_file;
  std::string model_hash;
  std::int64_t calibration_images = 0;
  std::int64_t evaluation_images = 0;
  double float_top1 = 0.0;
  std::vector<StudyBudget> budgets;
  std::vector<StudyRow> scores;
  /// Settings of the paper's score; empty if not asked for.
  std::vector<StudyRow> ablations;
};

/// The report as a JSON document.
[[nodiscard]] OMPQ_API Json to_json(const StudyReport& report);

/// The report as tables in Markdown.
[[nodiscard]] OMPQ_API std::string to_markdown(const StudyReport& report);

}  // namespace ompq
