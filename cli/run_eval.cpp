// SPDX-License-Identifier: MIT
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/result_folder.h"

#include "cli/command_eval.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/evaluation_text.h"

namespace ompq {
void run_eval(const EvalOptions& options, const Invocation& invocation) {
  const int threads = use_device(options.run);
  ModelOptions model_options = options.model;
  model_options.model = model_file_of(options.model.model);
  const PreparedModel model = open_executed_model(model_options);
  const Evaluation evaluation = evaluate(
      model,
      open_examples(options.data, options.selection, options.run.seed),
      to_preprocessing(
          options.preprocess, preprocessing_of_result(options.model.model)),
      {.micro_batch = options.micro_batch,
       .threads = threads,
       .skip_bad = options.selection.skip_bad},
      invocation.console);
  invocation.console.print(
      invocation.is_json ? to_json(evaluation).dump(2) + "\n"
                         : to_text(evaluation));
}

}  // namespace ompq
