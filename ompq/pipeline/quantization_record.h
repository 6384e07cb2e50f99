// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/machine.h"
#include "ompq/core/units.h"
#include "ompq/data/preprocessing.h"
#include "ompq/pipeline/evaluation.h"
#include "ompq/pipeline/export_report.h"
#include "ompq/plan/plan.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// Version of record.json that this library writes. 2 added command, machine,
/// date, the losses of units and the SQNR of layers before reconstruction.
inline constexpr int kRecordFormat = 2;

/// Everything in record.json: what a quantization was given, did and measured.
struct QuantizationRecord {
  /// The command line, the program's name first; may be empty.
  std::vector<std::string> command;
  Machine machine;
  /// When it ended, as time_now().
  std::string date;
  /// Version of ompq, of libtorch and so on, by name.
  std::vector<std::pair<std::string, std::string>> versions;
  Plan plan;
  std::uint64_t seed = 0;
  int threads = 1;
  /// Examples used for calibration.
  std::int64_t calibration_examples = 0;
  Preprocessing calibration_preprocessing;
  /// That of the evaluation, or of the calibration without one.
  Preprocessing preprocessing;
  /// Options by name, as the caller gave them.
  Json settings = Json::object();
  std::vector<UnitReport> units;
  std::vector<LayerReport> layers;
  std::optional<Evaluation> float_accuracy;
  std::optional<Evaluation> quantized_accuracy;
  /// model.onnx.
  ExportReport exported;
  /// How a training went; null after a quantization.
  Json training;
  /// Units that came from a checkpoint.
  std::size_t resumed_units = 0;
  /// Wall time of each stage, in seconds, in order.
  std::vector<std::pair<std::string, double>> seconds;
  /// Most memory that the process held, in bytes.
  Bytes peak_memory;
};

/// The document of record.json, with `float_top1` and `quantized_top1` if they
/// were measured.
[[nodiscard]] OMPQ_API Json to_json(const QuantizationRecord& record);

}  // namespace ompq
