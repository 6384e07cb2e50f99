// SPDX-License-Identifier: MIT
#include "ompq/pipeline/open_model.h"

#include "cli/command_eval.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/evaluation_text.h"

namespace ompq {
void run_eval(const EvalOptions& options, const Invocation& invocation) {
  const int threads = use_device(options.run);
  const PreparedModel model = open_model(options.model);
  const Evaluation evaluation = evaluate(
      model,
      open_examples(options.data, options.selection, options.run.seed),
      to_preprocessing(options.preprocess),
      {.micro_batch = options.micro_batch,
       .threads = threads,
       .skip_bad = options.selection.skip_bad},
      invocation.console);
  invocation.console.print(
      invocation.is_json ? to_json(evaluation).dump(2) + "\n"
                         : to_text(evaluation));
}

}  // namespace ompq
