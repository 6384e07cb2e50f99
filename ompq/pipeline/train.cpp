// SPDX-License-Identifier: MIT
#include "ompq/pipeline/train.h"

#include <algorithm>
#include <utility>

#include <torch/version.h>

#include "ompq/core/atomic_file.h"
#include "ompq/core/error.h"
#include "ompq/core/machine.h"
#include "ompq/core/option_table.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/pipeline/run_folder.h"
#include "ompq/pipeline/train_data.h"
#include "ompq/pipeline/train_loop.h"
#include "ompq/pipeline/train_options.h"
#include "ompq/pipeline/train_start.h"
#include "ompq/pipeline/widths_json.h"
#include "ompq/pipeline/write_result.h"
#include "ompq/training/trained_model.h"
#include "ompq/version.h"

namespace ompq {
namespace {

/// Scores that the network gives for one example.
std::int64_t count_classes(const PreparedModel& model) {
  const Value& output = model.graph.value(model.graph.outputs().front());
  const auto shape = shape_at_batch(output);
  const bool has_scores = shape && shape->size() >= 2;
  OMPQ_CHECK(
      has_scores &&
          element_count(*shape) ==
              *std::max_element(shape->begin(), shape->end()) * shape->front(),
      ErrorCode::Unsupported,
      "[train] the network's first output '{}' is not one score per class",
      output.name);
  return element_count(*shape) / shape->front();
}

void check_task(
    const TrainingTask& task,
    const TrainRunOptions& options,
    Observer& observer) {
  const Value& input =
      task.model.graph.value(task.model.graph.inputs().front());
  static_cast<void>(example_shape(task.model));
  OMPQ_CHECK(
      task.model.is_batch_polymorphic && input.shape->front().is_dynamic(),
      ErrorCode::Unsupported,
      "[train] {}: the network takes batches of {} only; export it with a "
      "dynamic batch",
      task.model.path.string(),
      input.shape->front().size);
  check_training_labels(
      *task.training.dataset,
      count_classes(task.model),
      options.training.distillation,
      observer);
}

Json options_json(const TrainRunOptions& options) {
  TrainRunOptions copy = options;
  OptionTable table;
  describe_training(copy.training, table);
  describe_augmentation(copy.augmentation, table);
  Json json = Json::object();
  for (const OptionRecord& record : table.records()) {
    json[record.name] = record.text();
  }
  json["seed"] = options.seed;
  json["patience"] = options.patience;
  json["keep"] = options.kept == KeptEpoch::Best ? "best" : "last";
  return json;
}

/// Everything that the training depends on.
Json run_identity(const TrainingTask& task, const TrainRunOptions& options) {
  Json json = Json::object();
  json["stage"] = "train";
  json["ompq"] = kVersion;
  json["model"] = task.model.model_hash;
  json["threads"] = options.threads;
  json["plan"] = widths_json(task.plan);
  json["options"] = options_json(options);
  json["training"] = dataset_identity(*task.training.dataset);
  json["training"]["preprocessing"] = to_json(task.training.preprocessing);
  if (task.validation) {
    json["validation"] = dataset_identity(*task.validation->dataset);
  }
  // Last: it follows from what stands above, which says more.
  json["start"] = start_digest(task.start);
  return json;
}

Json training_json(const TrainLoop& loop) {
  const TrainSpeed& speed = loop.speed();
  Json json = Json::object();
  json["steps"] = loop.trainer().steps_done();
  json["resumed_steps"] = loop.resumed_steps();
  json["epochs"] = to_json(loop.history())["epochs"];
  if (const auto best = best_epoch(loop.history())) {
    json["best_epoch"] = *best + 1;
  }
  if (speed.steps > 0) {
    json["images_per_s"] = static_cast<double>(speed.examples) / speed.seconds;
    json["seconds_per_step"] = speed.seconds / static_cast<double>(speed.steps);
    json["waiting_share"] = speed.waiting_seconds / speed.seconds;
  }
  return json;
}

QuantizationRecord begin_record(
    const TrainingTask& task, const TrainRunOptions& options) {
  return {
      .command = options.command,
      .machine = describe_machine(),
      .versions =
          {{"ompq", std::string(kVersion)}, {"libtorch", TORCH_VERSION}},
      .plan = task.plan,
      .seed = options.seed,
      .threads = options.threads,
      .calibration_examples = task.training.dataset->size(),
      .calibration_preprocessing = task.training.preprocessing,
      .preprocessing = task.evaluation ? task.evaluation->preprocessing
                                       : task.training.preprocessing,
      .settings = options.settings};
}

void write_history(const History& history, const ResultFolder& folder) {
  write_json(folder.path / "history.json", to_json(history));
  write_file_atomically(folder.path / "epochs.csv", epochs_csv(history));
  write_file_atomically(folder.path / "steps.csv", steps_csv(history));
}

/// model.onnx, plan.json and the history of a finished training.
void write_trained(
    const TrainingTask& task,
    const TrainRunOptions& options,
    const TrainableNetwork& network,
    const TrainLoop& loop,
    const ResultFolder& folder,
    QuantizationRecord& record) {
  QuantizedModel trained;
  loop.trainer().with_result([&] { trained = to_quantized_model(network); });
  write_result(
      {.graph = network.graph(),
       .model = std::move(trained),
       .float_layers = {}},
      {.model_hash = task.model.model_hash,
       .profile = options.profile,
       .seed = options.seed},
      folder,
      record);
  write_history(loop.history(), folder);
}

}  // namespace

QuantizationRecord train(
    const TrainingTask& task,
    const TrainRunOptions& options,
    const ResultFolder& folder,
    Observer& observer) {
  StageClock clock;
  check_task(task, options, observer);
  QuantizationRecord record = begin_record(task, options);
  RunFolder run(
      folder.checkpoint(),
      run_identity(task, options),
      "training_",
      options.restart,
      observer);
  TrainableNetwork network = make_trainable(task.start);
  TrainLoop loop(task, options, network, run, observer);
  loop.run();
  clock.lap(record, "train");

  record.training = training_json(loop);
  write_trained(task, options, network, loop, folder, record);
  clock.lap(record, "write");
  if (task.evaluation) {
    evaluate_both(
        task.model,
        *task.evaluation,
        options.input,
        folder,
        record,
        clock,
        observer);
  }
  record.peak_memory = peak_memory();
  record.date = time_now();
  write_json(folder.record(), to_json(record));
  run.remove();
  return record;
}

}  // namespace ompq
