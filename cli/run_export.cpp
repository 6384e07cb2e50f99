// SPDX-License-Identifier: MIT
#include "ompq/pipeline/export_network.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/result_folder.h"

#include "cli/command_export.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/export_text.h"

namespace ompq {

void run_export(
    const ExportCommandOptions& options, const Invocation& invocation) {
  static_cast<void>(use_device(options.run));
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
       .seed = options.run.seed});
  invocation.console.print(
      invocation.is_json ? to_json(report).dump(2) + "\n"
                         : to_text(report, invocation.console.output().width));
}

}  // namespace ompq
