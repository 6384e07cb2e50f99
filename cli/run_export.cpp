// SPDX-License-Identifier: MIT
#include <functional>

#include "ompq/pipeline/export_network.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/result_folder.h"

#include "cli/check_device.h"
#include "cli/command_export.h"
#include "cli/console.h"
#include "cli/export_text.h"
#include "cli/late_verifier.h"
#include "cli/spinning.h"

namespace ompq {

void run_export(
    const ExportCommandOptions& options, const Invocation& invocation) {
  check_device(options.run);
  restart_with_short_spinning(invocation.words);
  LateVerifier verify(static_cast<int>(options.run.threads));
  const QuantizedNetwork network = read_quantized_network(
      model_file_of(options.model.model), shape_options(options.model));
  for (const std::string& layer : network.float_layers) {
    invocation.console.warn("layer '" + layer + "' has float weights");
  }
  const ExportReport report = export_network(
      network,
      {.profile = options.profile,
       .output = options.output,
       .metadata = {},
       .seed = options.run.seed},
      std::ref(verify));
  invocation.console.print(
      invocation.is_json ? to_json(report).dump(2) + "\n"
                         : to_text(report, invocation.console.output().width));
}

}  // namespace ompq
