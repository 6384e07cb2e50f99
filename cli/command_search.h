// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/run_options.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

#include "cli/command.h"
#include "cli/measurement_options.h"

namespace ompq {

/// Everything `ompq search` can be told.
struct SearchCommandOptions {
  ModelOptions model;
  MeasurementOptions measurement;
  SearchOptions search;
  MicroBatchOptions micro_batch;
  RunOptions run;
  std::optional<std::filesystem::path> output;
  bool dry_run = false;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    measurement.describe(visit);
    visit.begin_group("Budget and method");
    search.describe(visit);
    visit.begin_group("Run");
    micro_batch.describe(visit);
    run.describe(visit);
    visit.begin_group("Output");
    visit(
        output,
        {.name = "output",
         .help = "write the plan to this file",
         .placeholder = "plan.json",
         .letter = "o"});
    visit(
        dry_run,
        {.name = "dry-run",
         .help = "only check the budgets and show the smallest and the largest "
                 "plan; needs no images"});
  }
};

/// Measures and solves; in the program without tensors, hands over to the one
/// that has them.
void run_search(
    const SearchCommandOptions& options, const Invocation& invocation);

/// Prints a plan, and writes it where the options say.
void deliver_plan(
    const Plan& plan,
    const SearchCommandOptions& options,
    const Invocation& invocation);

}  // namespace ompq
