// SPDX-License-Identifier: MIT
#include <memory>
#include <string>

#include <fmt/format.h>

#include "ompq/data/synthetic_dataset.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/search.h"
#include "ompq/plan/plan_file.h"
#include "ompq/plan/plan_json.h"

#include "cli/bundled_example.h"
#include "cli/command_demo.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/evaluation_text.h"
#include "cli/inspection.h"
#include "cli/plan_text.h"

namespace ompq {
namespace {

constexpr const char* kNextSteps =
    "With a network of your own:\n"
    "  ompq inspect net.onnx\n"
    "  ompq eval    net.onnx --data photos/ --preprocess imagenet\n"
    "  ompq search  net.onnx --calib photos/ --size 1.5MiB -o plan.json\n";

std::shared_ptr<const Dataset> pictures(
    SyntheticSplit split, std::int64_t count) {
  return std::make_shared<SyntheticDataset>(
      SyntheticOptions{.split = split, .size = count});
}

}  // namespace

void run_demo(const DemoOptions& options, const Invocation& invocation) {
  Console& console = invocation.console;
  const std::int64_t width = console.output().width;
  const InputOptions input{.threads = use_device(options.run)};
  const Preprocessing preprocessing =
      preprocessing_of(PreprocessingPreset::Symmetric);
  const ModelOptions model_options{.model = bundled_model()};
  const auto say = [&](const std::string& text) {
    if (!invocation.is_json) {
      console.print(text);
    }
  };

  const Inspection inspection = inspect_model(model_options);
  say("1. ompq inspect: what is in the network\n\n" +
      to_text(inspection, width));

  const PreparedModel model = open_model(model_options);
  const Evaluation evaluation = evaluate(
      model,
      pictures(SyntheticSplit::Test, options.images),
      preprocessing,
      input,
      console);
  say("\n2. ompq eval: its accuracy in float\n\n" + to_text(evaluation));

  SearchOptions search_options;
  search_options.budget.size = options.size;
  search_options.seed = options.run.seed;
  const Plan plan = search(
      model,
      pictures(SyntheticSplit::Calibration, options.samples),
      preprocessing,
      search_options,
      input,
      console);
  if (options.output) {
    write_plan(*options.output, plan);
  }
  say(fmt::format(
          "\n3. ompq search: bits for a file of at most {}\n\n",
          format_bytes(options.size)) +
      to_text(plan, width) + "\n" + kNextSteps);

  if (invocation.is_json) {
    Json json = Json::object();
    json["inspect"] = to_json(inspection);
    json["eval"] = to_json(evaluation);
    json["search"] = plan_to_json(plan);
    console.print(json.dump(2) + "\n");
  }
}

}  // namespace ompq
