// SPDX-License-Identifier: MIT
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/search.h"
#include "ompq/pipeline/sweep.h"

#include "cli/command_sweep.h"
#include "cli/compute_device.h"
#include "cli/console.h"

namespace ompq {

void run_sweep(
    const SweepCommandOptions& options, const Invocation& invocation) {
  const int threads = use_device(options.run);
  const PreparedModel model = open_model(options.model);
  check_sweep_options(model, options.search, options.sweep);
  SearchOptions search_options = limited_to(
      options.search,
      swept_budgets(model, options.search, options.sweep).back());
  search_options.seed = options.run.seed;
  const Plan measured = search(
      model,
      open_examples(
          *options.measurement.calib,
          options.measurement.selection,
          options.run.seed),
      to_preprocessing(options.measurement.preprocess),
      search_options,
      {.micro_batch = options.micro_batch.images,
       .threads = threads,
       .skip_bad = options.measurement.selection.skip_bad},
      invocation.console);
  deliver_front(model, measured, options, invocation);
}

}  // namespace ompq
