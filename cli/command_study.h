// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/run_options.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/pipeline/study_options.h"

#include "cli/command.h"
#include "cli/evaluation_options.h"
#include "cli/measurement_options.h"

namespace ompq {

/// Everything `ompq study` can be told.
struct StudyCommandOptions {
  ModelOptions model;
  std::filesystem::path calib;
  SelectionOptions selection{.samples = 64};
  PreprocessOptions preprocess;
  EvaluationOptions evaluation;
  StudyOptions study;
  SearchOptions search;
  MicroBatchOptions micro_batch;
  RunOptions run;
  std::optional<std::filesystem::path> output;
  std::optional<std::filesystem::path> markdown;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    visit.begin_group("Calibration data");
    visit(
        calib,
        {.name = "calib",
         .help = "images that the scores are measured on; see 'ompq help data'",
         .placeholder = "DATA",
         .is_required = true});
    selection.describe(visit);
    preprocess.describe(visit);
    visit.begin_group("Evaluation data");
    evaluation.describe(visit);
    visit.begin_group("Comparison");
    study.describe(visit);
    visit.begin_group("Budget and method");
    search.describe(visit);
    visit.begin_group("Run");
    micro_batch.describe(visit);
    run.describe(visit);
    visit.begin_group("Output");
    visit(
        output,
        {.name = "output",
         .help = "write the comparison to this file",
         .placeholder = "study.json",
         .letter = "o"});
    visit(
        markdown,
        {.name = "markdown",
         .help = "write its tables to this file",
         .placeholder = "study.md"});
  }
};

/// Compares all scores; in the program without tensors, hands over to the one
/// that has them.
void run_study(
    const StudyCommandOptions& options, const Invocation& invocation);

}  // namespace ompq
