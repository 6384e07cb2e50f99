// SPDX-License-Identifier: MIT
#include <memory>
#include <optional>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/given_plan.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/quantize.h"
#include "ompq/pipeline/search.h"
#include "ompq/plan/plan_file.h"

#include "cli/command_quantize.h"
#include "cli/command_report.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/quantization_text.h"
#include "cli/settings_json.h"

namespace ompq {
namespace {

/// The plan, if it takes no images to make it; otherwise checks that a search
/// can succeed.
std::optional<Plan> plan_without_images(
    const PreparedModel& model, const QuantizeCommandOptions& options) {
  const BudgetOptions& budget = options.search.budget;
  if (options.plan) {
    const auto& widths = budget.activation_bits.choices.widths;
    return complete_plan(
        model,
        read_plan(*options.plan),
        widths.empty() ? std::nullopt : std::optional(widths.front()),
        budget.layout);
  }
  if (!budget.has_budget()) {
    return uniform_width_plan(model, options.search);
  }
  check_search_options(model, options.search);
  return std::nullopt;
}

/// What holds where the flags say nothing: the plan's own preprocessing.
Preprocessing base_preprocessing(const std::optional<Plan>& plan) {
  if (!plan || plan->preprocessing.empty()) {
    return preprocessing_of(PreprocessingPreset::ImageNet);
  }
  return read_preprocessing(JsonReader(
      plan->preprocessing, "plan: preprocessing", ErrorCode::InvalidPlan));
}

/// Searches on a part of the calibration examples.
Plan search_plan(
    const PreparedModel& model,
    const ExampleSet& calibration,
    const QuantizeCommandOptions& options,
    QuantizeOptions& quantize_options,
    Observer& observer) {
  const Stopwatch stopwatch;
  Plan plan = search(
      model,
      subset(
          calibration.dataset,
          {.count = options.search_samples,
           .order = options.selection.order,
           .seed = options.run.seed}),
      calibration.preprocessing,
      options.search,
      quantize_options.input,
      observer);
  quantize_options.earlier_seconds.emplace_back("search", stopwatch.seconds());
  return plan;
}

void quantize_as_told(
    const QuantizeCommandOptions& options, const Invocation& invocation) {
  const int threads = use_device(options.run);
  const PreparedModel model = open_model(options.model);
  // What can fail at once fails before anything slow begins.
  std::optional<Plan> plan = plan_without_images(model, options);
  const Preprocessing preprocessing =
      to_preprocessing(options.preprocess, base_preprocessing(plan));
  const ExampleSet calibration{
      open_examples(options.calib, options.selection, options.run.seed),
      preprocessing};
  const std::optional<ExampleSet> evaluation =
      open_evaluation(options.evaluation, preprocessing, options.run.seed);
  const ResultFolder folder{options.result.output};
  prepare_result_folder(folder, model, options.result.force);

  QuantizeOptions quantize_options{
      .reconstruction = options.reconstruction,
      .input =
          {.micro_batch = options.micro_batch.images,
           .threads = threads,
           .skip_bad = options.selection.skip_bad},
      .threads = threads,
      .restart = options.result.restart,
      .profile = options.result.profile,
      .command = invocation.words,
      .settings = settings_json(options)};
  if (!plan) {
    plan = search_plan(
        model, calibration, options, quantize_options, invocation.console);
  }
  const QuantizationRecord record = quantize(
      model,
      *plan,
      calibration,
      evaluation,
      quantize_options,
      folder,
      invocation.console);
  const std::string report = write_run_report(folder.path, invocation.console);
  invocation.console.print(
      invocation.is_json
          ? to_json(record).dump(2) + "\n"
          : to_text(record, folder.path, invocation.console.output().width) +
                report);
}

}  // namespace

void run_quantize(
    const QuantizeCommandOptions& options, const Invocation& invocation) {
  // One seed for everything that draws.
  QuantizeCommandOptions seeded = options;
  seeded.search.seed = options.run.seed;
  seeded.reconstruction.seed = options.run.seed;
  seeded.search.budget.layout = {
      .sites =
          {.network_inputs = options.reconstruction.quantize_inputs,
           .network_outputs = options.reconstruction.quantize_outputs},
      .group_size = options.reconstruction.group_size};
  // What a search measures is rounded as the result will be.
  seeded.search.grids = {
      .rule = options.reconstruction.weight_scale,
      .is_symmetric = options.reconstruction.symmetric_weights,
      .per_channel = options.reconstruction.per_channel,
      .group_size = options.reconstruction.group_size};
  quantize_as_told(seeded, invocation);
}

}  // namespace ompq
