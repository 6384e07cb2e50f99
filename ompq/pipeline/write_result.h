// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "ompq/core/observer.h"
#include "ompq/core/units.h"
#include "ompq/export/profile.h"
#include "ompq/export/read_quantized.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/example_set.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/quantization_record.h"
#include "ompq/pipeline/result_folder.h"

namespace ompq {

/// Wall time of stages that follow each other.
class StageClock {
 public:
  /// Ends a stage and begins the next.
  void lap(QuantizationRecord& record, const std::string& stage);

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

/// What a result's file says of its origin, and which kind of file it is.
struct ResultOrigin {
  /// Of the float model.
  std::string model_hash;
  ExportProfile profile = ExportProfile::Packed;
  std::uint64_t seed = 0;
};

/// Writes plan.json and model.onnx of a folder, each whole or not at all, and
/// removes what an older result said of another network: its record and its
/// encodings. `record` holds the plan and gets the report.
///
/// @throws as export_network()
void write_result(
    const QuantizedNetwork& network,
    const ResultOrigin& origin,
    const ResultFolder& folder,
    QuantizationRecord& record);

/// Accuracy of the float model and of the folder's model.onnx, read back.
///
/// @throws as evaluate()
void evaluate_both(
    const PreparedModel& model,
    const ExampleSet& evaluation,
    const InputOptions& input,
    const ResultFolder& folder,
    QuantizationRecord& record,
    StageClock& clock,
    Observer& observer);

/// Most memory that the process has held so far.
[[nodiscard]] Bytes peak_memory();

}  // namespace ompq
