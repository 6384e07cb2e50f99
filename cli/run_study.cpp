// SPDX-License-Identifier: MIT
#include "ompq/core/atomic_file.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/study.h"

#include "cli/command_study.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/study_text.h"

namespace ompq {

void run_study(
    const StudyCommandOptions& options, const Invocation& invocation) {
  const int threads = use_device(options.run);
  const PreparedModel model = open_model(options.model);
  const Preprocessing preprocessing = to_preprocessing(options.preprocess);
  SearchOptions search = options.search;
  search.seed = options.run.seed;
  const StudyReport report = study(
      model,
      {open_examples(options.calib, options.selection, options.run.seed),
       preprocessing},
      *open_evaluation(options.evaluation, preprocessing, options.run.seed),
      search,
      options.study,
      {.micro_batch = options.micro_batch.images,
       .threads = threads,
       .skip_bad = options.selection.skip_bad},
      invocation.console);
  const Json json = to_json(report);
  // The files first: what is shown then exists.
  if (options.output) {
    write_json(*options.output, json);
  }
  if (options.markdown) {
    write_file_atomically(*options.markdown, to_markdown(report));
  }
  invocation.console.print(
      invocation.is_json ? json.dump(2) + "\n"
                         : to_text(report, invocation.console.output().width));
}

}  // namespace ompq
