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
#include "cli/measurement_options.h"

namespace ompq {

/// Everything `ompq sweep` can be told.
struct SweepCommandOptions {
  ModelOptions model;
  MeasurementOptions measurement;
  SweepOptions sweep;
  SearchOptions search;
  MicroBatchOptions micro_batch;
  RunOptions run;
  std::optional<std::filesystem::path> output;
  std::optional<std::filesystem::path> plan;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    measurement.describe(visit);
    visit.begin_group("Range");
    sweep.describe(visit);
    visit.begin_group("Budget and method");
    search.describe(visit);
    visit.begin_group("Run");
    micro_batch.describe(visit);
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
