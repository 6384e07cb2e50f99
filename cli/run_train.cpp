// SPDX-License-Identifier: MIT
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/pipeline/given_plan.h"
#include "ompq/pipeline/open_model.h"
#include "ompq/pipeline/result_folder.h"
#include "ompq/pipeline/train.h"
#include "ompq/pipeline/train_data.h"
#include "ompq/pipeline/train_start.h"
#include "ompq/plan/plan_file.h"

#include "cli/command_report.h"
#include "cli/command_train.h"
#include "cli/compute_device.h"
#include "cli/console.h"
#include "cli/quantization_text.h"
#include "cli/settings_json.h"
#include "cli/training_text.h"

namespace ompq {
namespace {

/// Examples that decide on the scales of activations.
constexpr std::int64_t kCalibrationExamples = 256;

/// The width of activations that the options give; none = float.
std::optional<int> activation_width(const TrainCommandOptions& options) {
  constexpr int kDefault = 8;
  if (!options.activation_bits) {
    return kDefault;
  }
  const auto& widths = options.activation_bits->choices.widths;
  return widths.empty() ? std::nullopt : std::optional(widths.front());
}

/// One width for all layers; the first and the last one have 8 bits, and read
/// activations of at least as many.
Plan uniform_plan_of(
    const PreparedModel& model, const TrainCommandOptions& options) {
  SearchOptions search;
  search.seed = options.run.seed;
  search.budget.bits = WidthChoices{{*options.bits}};
  const std::optional<int> width = activation_width(options);
  if (width) {
    search.budget.activation_bits = ActivationWidths{WidthChoices{{*width}}};
  }
  Plan plan = uniform_width_plan(model, search);
  if (width && search.budget.first_last.bits) {
    for (PlanLayer* layer : {&plan.layers.front(), &plan.layers.back()}) {
      layer->bits.activation_bits =
          std::max(*width, *search.budget.first_last.bits);
    }
  }
  return plan;
}

Plan plan_of(const PreparedModel& model, const TrainCommandOptions& options) {
  if (options.bits) {
    return uniform_plan_of(model, options);
  }
  const std::filesystem::path path =
      options.plan ? *options.plan : ResultFolder{*options.from}.plan();
  std::error_code status;
  OMPQ_CHECK(
      std::filesystem::exists(path, status),
      ErrorCode::NotFound,
      "--from: {}: no plan.json beside it; give --plan as well",
      options.from ? options.from->string() : path.string());
  return complete_plan(model, read_plan(path), activation_width(options));
}

/// What holds where the flags say nothing: the plan's own preprocessing, or
/// that of the result to start from.
Preprocessing base_preprocessing(
    const Plan& plan, const TrainCommandOptions& options) {
  if (options.from) {
    return preprocessing_of_result(*options.from);
  }
  if (plan.preprocessing.empty()) {
    return preprocessing_of(PreprocessingPreset::ImageNet);
  }
  return read_preprocessing(JsonReader(
      plan.preprocessing, "plan: preprocessing", ErrorCode::InvalidPlan));
}

TrainingStart start_of(
    const PreparedModel& model,
    const Plan& plan,
    const ExampleSet& training,
    const TrainCommandOptions& options,
    const InputOptions& input,
    Observer& observer) {
  const ShapeOptions shapes = shape_options(options.model);
  if (options.from) {
    return start_from_result(model, plan, *options.from, shapes);
  }
  const ExampleSet calibration{
      subset(
          training.dataset,
          {.count = kCalibrationExamples, .seed = options.run.seed}),
      training.preprocessing};
  return start_from_float(
      model, plan, calibration, {.seed = options.run.seed}, input, observer);
}

/// What a training shows, judges epochs by and measures.
struct Examples {
  ExampleSet training;
  std::optional<ExampleSet> validation;
  std::optional<ExampleSet> evaluation;
};

Examples open_all(
    const TrainCommandOptions& options, const Preprocessing& preprocessing) {
  Examples examples{
      .training =
          {open_examples(options.data, options.selection, options.run.seed),
           preprocessing},
      .validation = std::nullopt,
      .evaluation =
          open_evaluation(options.evaluation, preprocessing, options.run.seed)};
  if (options.validation == ValidationData::Evaluation) {
    examples.validation = examples.evaluation;
  } else if (options.validation == ValidationData::HeldOut) {
    const HeldOut held =
        hold_out(examples.training.dataset, options.hold_out, options.run.seed);
    examples.training.dataset = held.training;
    if (held.validation) {
      examples.validation = ExampleSet{held.validation, preprocessing};
    }
  }
  return examples;
}

TrainRunOptions run_options(
    const TrainCommandOptions& options, int threads, Console& console) {
  TrainRunOptions run{
      .training = options.training,
      .augmentation = options.augmentation,
      .input = {.threads = threads, .skip_bad = options.selection.skip_bad},
      .kept = options.kept,
      .patience = options.patience,
      .checkpoint_minutes = options.checkpoint_minutes,
      .threads = threads,
      .seed = options.run.seed,
      .restart = options.result.restart,
      .profile = options.result.profile,
      .settings = settings_json(options)};
  run.on_step = [&console](const TrainProgress& progress) {
    console.rename_stage(stage_text(progress));
  };
  run.on_epoch = [&console](const EpochRow& row) {
    console.say(epoch_text(row));
  };
  return run;
}

}  // namespace

void run_train(
    const TrainCommandOptions& options, const Invocation& invocation) {
  Console& console = invocation.console;
  const int threads = use_device(options.run);
  const PreparedModel model = open_model(options.model);
  const Plan plan = plan_of(model, options);
  const Preprocessing preprocessing =
      to_preprocessing(options.preprocess, base_preprocessing(plan, options));
  Examples examples = open_all(options, preprocessing);
  const ResultFolder folder{options.result.output};
  prepare_result_folder(folder, model, options.result.force);
  TrainRunOptions run = run_options(options, threads, console);
  run.command = invocation.words;
  TrainingStart start =
      start_of(model, plan, examples.training, options, run.input, console);
  start.norms = norms_of_model(
      model, options.training.norm, shape_options(options.model), console);
  start.learn_steps = options.training.learn_steps;
  const TrainingTask task{
      .model = model,
      .plan = plan,
      .start = std::move(start),
      .training = std::move(examples.training),
      .validation = std::move(examples.validation),
      .evaluation = std::move(examples.evaluation)};
  const QuantizationRecord record = train(task, run, folder, console);
  const std::string report = write_run_report(folder.path, console);
  console.print(
      invocation.is_json
          ? to_json(record).dump(2) + "\n"
          : to_text(record, folder.path, console.output().width) + report);
}

}  // namespace ompq
