// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>

#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/run_options.h"

#include "cli/command.h"

namespace ompq {

/// Everything `ompq eval` can be told.
struct EvalOptions {
  ModelOptions model;
  std::filesystem::path data;
  SelectionOptions selection;
  PreprocessOptions preprocess;
  std::int64_t micro_batch = 0;
  RunOptions run;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    model.describe(visit);
    visit.begin_group("Data");
    visit(
        data,
        {.name = "data",
         .help = "labelled images; see 'ompq help data'",
         .placeholder = "DATA",
         .is_required = true});
    selection.describe(visit);
    preprocess.describe(visit);
    visit.begin_group("Run");
    visit(
        micro_batch,
        {.name = "micro-batch",
         .help = "images that run through the network together, 0 = as many "
                 "as fit the processor's cache; results do not depend on it",
         .low = 0,
         .high = 65536});
    run.describe(visit);
  }
};

/// Runs the command; in the program without tensors, hands over to the one
/// that has them.
void run_eval(const EvalOptions& options, const Invocation& invocation);

}  // namespace ompq
