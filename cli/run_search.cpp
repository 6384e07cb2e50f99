// SPDX-License-Identifier: MIT
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/search.h"

#include "cli/command_search.h"
#include "cli/compute_device.h"
#include "cli/console.h"

namespace ompq {

void run_search(
    const SearchCommandOptions& options, const Invocation& invocation) {
  const int threads = use_device(options.run);
  const PreparedModel model = open_model(options.model);
  SearchOptions search_options = options.search;
  search_options.seed = options.run.seed;
  const Plan plan = search(
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
  deliver_plan(plan, options, invocation);
}

}  // namespace ompq
