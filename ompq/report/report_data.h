// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/plan/plan.h"
#include "ompq/report/front_data.h"
#include "ompq/report/run_record.h"
#include "ompq/report/section_reader.h"
#include "ompq/report/study_data.h"

namespace ompq {

/// One run or one plan.
struct RunReport {
  /// What it is called in the report: its file or folder.
  std::string name;
  std::optional<Plan> plan;
  std::optional<RunRecord> record;
  std::optional<TrainingHistory> training;
};

/// Everything that a report shows, read and checked.
struct ReportData {
  /// One for a report, several for a comparison.
  std::vector<RunReport> runs;
  std::optional<FrontData> front;
  std::optional<StudyData> study;
  Notices notices;
};

/// One layer as a report shows it: from the plan where there is one, else from
/// the record.
struct ReportLayer {
  PlanLayer plan;
  /// Kind as ONNX spells it.
  std::string kind;
  /// Error measured at the chosen width.
  std::optional<double> error;
  std::optional<double> sqnr_before_db;
  std::optional<double> sqnr_after_db;
};

/// File name of the run's model and its hash; "" if nothing says.
[[nodiscard]] OMPQ_API const std::string& model_file(const RunReport& run);
[[nodiscard]] OMPQ_API const std::string& model_hash(const RunReport& run);

/// The layers of a run in graph order; empty if neither plan nor record has
/// any.
[[nodiscard]] OMPQ_API std::vector<ReportLayer> report_layers(
    const RunReport& run);

/// How the run's network was trained: by its history, or else by its record.
[[nodiscard]] OMPQ_API const std::optional<TrainingHistory>& training_of(
    const RunReport& run);

/// What a run comes to.
struct RunTotals {
  std::int64_t weights = 0;
  double average_bits = 0.0;
  std::int64_t payload_bytes = 0;
  /// Of the file that was written, else the plan's estimate from above.
  std::optional<std::int64_t> file_bytes;
  bool is_file_measured = false;
  /// Absent where the MACs are not known.
  std::optional<double> bit_operations;
};

/// Totals of a run with layers; absent without.
[[nodiscard]] OMPQ_API std::optional<RunTotals> run_totals(
    const RunReport& run);

}  // namespace ompq
