// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/quantize_options.h"
#include "ompq/pipeline/run_options.h"
#include "ompq/pipeline/search_options.h"

#include "cli/command.h"
#include "cli/evaluation_options.h"
#include "cli/measurement_options.h"
#include "cli/result_options.h"

namespace ompq {

/// Everything `ompq quantize` can be told.
struct QuantizeCommandOptions {
  ModelOptions model;
  std::filesystem::path calib;
  SelectionOptions selection{.samples = 1024};
  PreprocessOptions preprocess;
  EvaluationOptions evaluation;
  std::optional<std::filesystem::path> plan;
  SearchOptions search{
      .budget = {.activation_bits = ActivationWidths{WidthChoices{{8}}}}};
  std::int64_t search_samples = 64;
  ReconstructionOptions reconstruction;
  MicroBatchOptions micro_batch;
  RunOptions run;
  ResultOptions result;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    visit.begin_group("Calibration data");
    visit(
        calib,
        {.name = "calib",
         .help = "images like those the network will see; see 'ompq help data'",
         .placeholder = "DATA",
         .is_required = true});
    selection.describe(visit);
    preprocess.describe(visit);
    visit.begin_group("Evaluation data");
    evaluation.describe(visit);
    visit.begin_group("Widths");
    visit(
        plan,
        {.name = "plan",
         .help = "take the widths of this plan instead of a budget or --bits; "
                 "--act-bits holds where it says nothing of activations",
         .placeholder = "plan.json"});
    search.describe(visit);
    visit(
        search_samples,
        {.name = "search-samples",
         .help = "calibration examples that a search for widths uses",
         .low = 2});
    describe_rest(visit);
  }

 private:
  template <typename Visitor>
  void describe_rest(Visitor& visit) {
    visit.begin_group("Optimisation");
    describe_optimisation(reconstruction, visit);
    visit.begin_group("Grids");
    describe_grids(reconstruction, visit);
    visit.begin_group("Run");
    micro_batch.describe(visit);
    describe_memory(reconstruction, visit);
    run.describe(visit);
    visit.begin_group("Output");
    result.describe(
        visit,
        "folder for model.onnx, plan.json and record.json; a run that was "
        "killed goes on there");
  }
};

/// Quantizes; in the program without tensors, hands over to the one that has
/// them.
void run_quantize(
    const QuantizeCommandOptions& options, const Invocation& invocation);

}  // namespace ompq
