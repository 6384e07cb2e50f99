// SPDX-License-Identifier: MIT
#include "ompq/pipeline/train_loop.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/data/epochs.h"
#include "ompq/pipeline/class_scores.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/train_data.h"

namespace ompq {
namespace {

constexpr const char* kStateFile = "training_state.bin";
constexpr const char* kBestFile = "training_best.bin";

at::Tensor labels_of(const Batch& batch) {
  return batch.labels.empty() ? at::Tensor() : at::tensor(batch.labels);
}

std::int64_t hits_of(const at::Tensor& scores, const at::Tensor& labels) {
  return labels.defined()
             ? scores.argmax(1).eq(labels).sum().item<std::int64_t>()
             : 0;
}

double seconds_between(auto begin, auto end) {
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

TrainLoop::TrainLoop(
    const TrainingTask& task,
    const TrainRunOptions& options,
    TrainableNetwork& network,
    RunFolder& folder,
    Observer& observer)
    : task_(task),
      options_(options),
      network_(network),
      folder_(folder),
      observer_(observer),
      steps_per_epoch_(
          steps_per_epoch(*task.training.dataset, options.training.batch_size)),
      trainer_(network, options.training, steps_per_epoch_) {
  if (options.training.distillation > 0.0) {
    teacher_ = std::make_unique<Network>(task.model.graph);
  }
}

void TrainLoop::run() {
  resume();
  observer_.begin_stage("train", options_.training.epochs * steps_per_epoch_);
  const auto start = Clock::now();
  try {
    take_steps();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::Interrupted) {
      save();
      fail(
          ErrorCode::Interrupted,
          "{} after step {}; the state is kept in {}: the same command goes on "
          "there",
          error.what(),
          trainer_.steps_done(),
          folder_.path().string());
    }
    if (error.code() == ErrorCode::Degenerate) {
      const bool has_state =
          read_train_state(folder_.path() / kStateFile, folder_.run())
              .has_value();
      fail(
          ErrorCode::Degenerate,
          "{}; {} is kept. Give a smaller --learning-rate, a longer --warm-up "
          "or --clip 1, and another folder or --restart",
          error.what(),
          has_state
              ? fmt::format(
                    "the last good checkpoint in {}", folder_.path().string())
              : "no step was good; nothing");
    }
    throw;
  }
  observer_.end_stage(seconds_between(start, Clock::now()));
  load_kept();
}

void TrainLoop::resume() {
  auto state = read_train_state(folder_.path() / kStateFile, folder_.run());
  if (!state) {
    std::error_code status;
    if (std::filesystem::exists(folder_.path() / kStateFile, status)) {
      observer_.warn(fmt::format(
          "checkpoint: {}: damaged; the training begins anew",
          (folder_.path() / kStateFile).string()));
    }
    return;
  }
  trainer_.load(state->trainer);
  history_ = std::move(state->history);
  sums_ = state->sums;
  resumed_steps_ = trainer_.steps_done();
}

bool TrainLoop::is_finished() const {
  const auto epochs = static_cast<std::int64_t>(history_.epochs.size());
  const auto best = best_epoch(history_);
  const bool is_stuck =
      options_.patience > 0 && task_.validation && best &&
      epochs - static_cast<std::int64_t>(*best) - 1 >= options_.patience;
  return epochs >= options_.training.epochs || is_stuck;
}

void TrainLoop::take_steps() {
  const auto epochs_done = [&] {
    return static_cast<std::int64_t>(history_.epochs.size());
  };
  // A run that stopped while it validated.
  if (trainer_.steps_done() == (epochs_done() + 1) * steps_per_epoch_) {
    end_epoch();
  }
  if (is_finished()) {
    return;
  }
  const auto loader =
      open_epochs(task_, options_, trainer_.steps_done(), observer_);
  while (!is_finished()) {
    const auto start = Clock::now();
    const std::optional<Batch> batch = loader->next();
    const auto arrival = Clock::now();
    OMPQ_ASSERT(batch.has_value(), "a loader gives all steps of all epochs");
    step(*batch);
    speed_.waiting_seconds += seconds_between(start, arrival);
    speed_.seconds += seconds_between(start, Clock::now());
    report_progress();
    if (trainer_.steps_done() == (epochs_done() + 1) * steps_per_epoch_) {
      end_epoch();
    } else if (
        seconds_between(last_save_, Clock::now()) >
        60.0 * options_.checkpoint_minutes) {
      save();
    }
    OMPQ_CHECK(
        !observer_.interrupted() || is_finished(),
        ErrorCode::Interrupted,
        "[train] interrupted");
  }
}

Targets TrainLoop::targets_of(const Batch& batch, const Tensors& inputs) const {
  Targets targets{.labels = labels_of(batch), .teacher = {}};
  if (teacher_) {
    const at::NoGradGuard no_gradients;
    const std::int64_t most = automatic_micro_batch(task_.model);
    Tensors scores;
    for (const at::Tensor& slice : inputs.front().split(most)) {
      scores.push_back(class_scores(
          teacher_->run({{slice}}).front().front(), slice.size(0)));
    }
    targets.teacher = at::cat(scores);
  }
  return targets;
}

void TrainLoop::step(const Batch& batch) {
  const Tensors inputs = to_inputs(batch, example_shape(task_.model));
  const StepReport report = trainer_.step(inputs, targets_of(batch, inputs));
  const auto count = static_cast<double>(batch.count);
  const bool has_labels = !batch.labels.empty();
  sums_.loss += report.loss * count;
  sums_.hits += report.hits;
  sums_.examples += batch.count;
  sums_.has_labels = has_labels;
  history_.steps.push_back(
      {.step = trainer_.steps_done(),
       .learning_rate = report.learning_rate,
       .training = {.loss = report.loss},
       .gradient_norm = report.gradient_norm});
  if (has_labels) {
    history_.steps.back().training.accuracy =
        static_cast<double>(report.hits) / count;
  }
  ++speed_.steps;
  speed_.examples += batch.count;
}

void TrainLoop::report_progress() {
  observer_.advance(trainer_.steps_done());
  if (options_.on_step) {
    options_.on_step(
        {.epoch = static_cast<std::int64_t>(history_.epochs.size()) + 1,
         .epochs = options_.training.epochs,
         .step = trainer_.steps_done(),
         .steps = options_.training.epochs * steps_per_epoch_,
         .training = sums_.score(),
         .images_per_s = static_cast<double>(speed_.examples) / speed_.seconds,
         .waiting = speed_.waiting_seconds / speed_.seconds});
  }
}

PassScore TrainLoop::validate() {
  const at::NoGradGuard no_gradients;
  EpochSums sums;
  InputOptions input = options_.input;
  input.micro_batch = options_.training.batch_size;
  const auto loader = open_batches(
      task_.model,
      task_.validation->dataset,
      task_.validation->preprocessing,
      input,
      observer_);
  while (const std::optional<Batch> batch = loader->next()) {
    const Tensors inputs = to_inputs(*batch, example_shape(task_.model));
    const Targets targets = targets_of(*batch, inputs);
    const at::Tensor scores = network_.run(inputs).front().flatten(1);
    sums.loss +=
        training_loss(scores, targets, options_.training).item<double>() *
        static_cast<double>(batch->count);
    sums.hits += hits_of(scores, targets.labels);
    sums.examples += batch->count;
    sums.has_labels = targets.labels.defined();
  }
  return sums.score();
}

void TrainLoop::end_epoch() {
  EpochRow row{
      .epoch = static_cast<std::int64_t>(history_.epochs.size()) + 1,
      .steps = trainer_.steps_done(),
      .training = sums_.score()};
  if (task_.validation) {
    trainer_.with_result([&] { row.validation = validate(); });
  }
  history_.epochs.push_back(row);
  sums_ = {};
  if (best_epoch(history_) == history_.epochs.size() - 1 &&
      options_.kept == KeptEpoch::Best && task_.validation) {
    write_train_state(
        folder_.path() / kBestFile,
        folder_.run(),
        {.trainer = trainer_.save(), .history = {}, .sums = {}});
  }
  save();
  if (options_.on_epoch) {
    options_.on_epoch(row);
  }
}

void TrainLoop::save() {
  write_train_state(
      folder_.path() / kStateFile,
      folder_.run(),
      {.trainer = trainer_.save(), .history = history_, .sums = sums_});
  last_save_ = Clock::now();
}

void TrainLoop::load_kept() {
  const auto best = best_epoch(history_);
  if (options_.kept == KeptEpoch::Last || !task_.validation || !best ||
      *best == history_.epochs.size() - 1) {
    return;
  }
  const auto kept = read_train_state(folder_.path() / kBestFile, folder_.run());
  if (kept) {
    trainer_.load(kept->trainer);
  } else {
    observer_.warn(fmt::format(
        "checkpoint: {}: damaged; the last epoch is handed out, not the best",
        (folder_.path() / kBestFile).string()));
  }
}

}  // namespace ompq
