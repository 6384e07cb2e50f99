// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/run_options.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/pipeline/sweep_options.h"
#include "ompq/plan/plan.h"

#include "cli/command.h"

namespace ompq {

/// Everything `ompq sweep` can be told.
struct SweepCommandOptions {
  ModelOptions model;
  std::optional<std::filesystem::path> calib;
  std::optional<std::filesystem::path> reuse;
  SelectionOptions selection{.samples = 64};
  PreprocessOptions preprocess;
  SweepOptions sweep;
  SearchOptions search;
  std::int64_t micro_batch = 0;
  RunOptions run;
  std::optional<std::filesystem::path> output;
  std::optional<std::filesystem::path> plan;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    visit.begin_group("Calibration data");
    visit(
        calib,
        {.name = "calib",
         .help = "a few images like those the network will see; see 'ompq help "
                 "data'",
         .placeholder = "DATA"});
    visit(
        reuse,
        {.name = "reuse",
         .help = "take what was measured in this plan of the same model "
                 "instead of --calib; needs no images and no time"});
    selection.describe(visit);
    preprocess.describe(visit);
    visit.begin_group("Range");
    sweep.describe(visit);
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
         .help = "write the front to this file",
         .placeholder = "front.json",
         .letter = "o"});
    visit(
        plan,
        {.name = "plan",
         .help = "write the plan of the chosen point to this file",
         .placeholder = "plan.json"});
  }
};

/// Measures once and solves for every budget; in the program without tensors,
/// hands over to the one that has them.
void run_sweep(
    const SweepCommandOptions& options, const Invocation& invocation);

/// Solves for every budget from a plan, prints the front, and writes what the
/// options say.
void deliver_front(
    const PreparedModel& model,
    const Plan& measured,
    const SweepCommandOptions& options,
    const Invocation& invocation);

}  // namespace ompq
