// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/observer.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/export/profile.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/example_set.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/quantization_record.h"
#include "ompq/pipeline/result_folder.h"
#include "ompq/plan/plan.h"
#include "ompq/reconstruction/reconstruction_options.h"

namespace ompq {

/// How quantize() runs.
struct QuantizeOptions {
  ReconstructionOptions reconstruction;
  InputOptions input;
  /// Threads of the computation; results depend on it.
  int threads = 1;
  /// Forget a checkpoint that is there.
  bool restart = false;
  /// Kind of model.onnx.
  ExportProfile profile = ExportProfile::Packed;
  /// The command line, the program's name first, for the record; may be empty.
  std::vector<std::string> command;
  /// What the caller did before, for the record: stage and wall time.
  std::vector<std::pair<std::string, double>> earlier_seconds;
  /// Whatever the caller wants to have in the record, by name.
  Json settings = Json::object();
};

/// Quantizes a network into a folder: model.onnx, plan.json, record.json, each
/// whole or not at all, the record last. Finished units are kept in
/// checkpoint/ until then: the same call after a kill goes on, and gives the
/// same model.onnx.
///
/// Fewer calibration examples than a gradient step takes make the step smaller,
/// with a warning. The accuracy of the result is that of the file, read back.
///
/// @param plan         complete, for this model
/// @param evaluation   labelled examples; absent = accuracy is not measured
/// @param folder       made by prepare_result_folder()
/// @throws Error{InvalidArgument}  the folder's checkpoint is of another run;
///                                 names the first field that differs
/// @throws Error{InvalidPlan, InvalidData}  as reconstruct()
/// @throws Error{Infeasible}       the file is above the plan's budget for it
/// @throws Error{OutputFailed}     disk full or not writable
/// @throws Error{Interrupted}      the observer asked to stop
[[nodiscard]] OMPQ_API QuantizationRecord quantize(
    const PreparedModel& model,
    const Plan& plan,
    const ExampleSet& calibration,
    const std::optional<ExampleSet>& evaluation,
    const QuantizeOptions& options,
    const ResultFolder& folder,
    Observer& observer = silent_observer());

}  // namespace ompq
