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
  std::int64_t micro_batch = 0;
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
    visit(
        micro_batch,
        {.name = "micro-batch",
         .help = "images that run through the network together, 0 = as many "
                 "as fit the processor's cache; results do not depend on it",
         .low = 0,
         .high = 65536});
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
