// SPDX-License-Identifier: MIT
#include "ompq/training/trainer.h"

#include <cmath>
#include <limits>
#include <sstream>
#include <utility>

#include <ATen/core/grad_mode.h>
// clip_grad.h does not include what it names.
#include <torch/csrc/api/include/torch/types.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/optimizer.h>
#include <torch/serialize/archive.h>

#include "ompq/core/error.h"
#include "ompq/training/make_optimizer.h"
#include "ompq/training/parameters.h"
#include "ompq/training/schedule.h"
#include "ompq/training/weight_average.h"

namespace ompq {
namespace {

Tensors learned_tensors(const Parameters& parameters) {
  Parameters learned = parameters;
  learned.statistics.clear();
  return all_tensors(learned);
}

void write_tensors(
    torch::serialize::OutputArchive& archive,
    const std::string& name,
    const Tensors& tensors) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    archive.write(fmt::format("{}_{}", name, i), tensors[i].detach());
  }
}

void read_tensors(
    torch::serialize::InputArchive& archive,
    const std::string& name,
    const Tensors& tensors) {
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    at::Tensor read;
    archive.read(fmt::format("{}_{}", name, i), read);
    OMPQ_CHECK(
        read.sizes() == tensors[i].sizes(),
        ErrorCode::InvalidFile,
        "[train] the kept state is of another network");
    tensors[i].detach().copy_(read);
  }
}

}  // namespace

struct Trainer::State {
  TrainableNetwork& network;
  TrainingOptions options;
  std::int64_t steps_per_epoch;
  Parameters parameters;
  Tensors learned;
  std::shared_ptr<torch::optim::Optimizer> optimizer;
  WeightAverage average;
  std::int64_t steps_done = 0;

  State(
      TrainableNetwork& network_given,
      const TrainingOptions& options_given,
      std::int64_t steps)
      : network(network_given),
        options(options_given),
        steps_per_epoch(steps),
        parameters(parameters_of(network)),
        learned(learned_tensors(parameters)),
        optimizer(make_optimizer(parameters, options)),
        average(learned, options.average) {}

  [[nodiscard]] NormStatistics statistics() const {
    const bool is_frozen = options.norm == NormKind::Freeze &&
                           steps_done >= options.freeze_epoch * steps_per_epoch;
    return options.norm == NormKind::Fold || is_frozen ? NormStatistics::Running
                                                       : NormStatistics::Batch;
  }

  void check_finite(const char* what, double number) const {
    OMPQ_CHECK(
        std::isfinite(number),
        ErrorCode::Degenerate,
        "[train] step {}: the {} is {}",
        steps_done + 1,
        what,
        number);
  }

  /// Steps that an update has made infinite.
  void check_steps() const {
    for (const LearnedStep& step : parameters.steps) {
      const at::Tensor sum = step.tensor.detach().sum();
      check_finite(
          "step of a quantizer", static_cast<double>(sum.item<float>()));
    }
  }

  /// Gradients of the loss; returns their norm.
  double differentiate(const at::Tensor& loss) {
    optimizer->zero_grad();
    loss.backward();
    scale_gradients(parameters);
    const double limit = options.clip > 0.0
                             ? options.clip
                             : std::numeric_limits<double>::infinity();
    return torch::nn::utils::clip_grad_norm_(learned, limit);
  }

  void move() {
    optimizer->step();
    keep_steps_valid(parameters);
    ++steps_done;
    average.update(steps_done);
  }
};

Trainer::Trainer(
    TrainableNetwork& network,
    const TrainingOptions& options,
    std::int64_t steps_per_epoch)
    : state_(std::make_unique<State>(network, options, steps_per_epoch)) {}
Trainer::~Trainer() = default;

StepReport Trainer::step(const Tensors& inputs, const Targets& targets) {
  State& state = *state_;
  StepReport report{
      .learning_rate = learning_rate_at(
          state.options, state.steps_done, state.steps_per_epoch)};
  set_learning_rate(*state.optimizer, report.learning_rate, state.options);
  state.check_steps();
  const at::Tensor scores =
      state.network.run(inputs, state.statistics()).front().flatten(1);
  const at::Tensor loss = training_loss(scores, targets, state.options);
  report.loss = static_cast<double>(loss.item<float>());
  state.check_finite("loss", report.loss);
  if (targets.labels.defined()) {
    report.hits =
        scores.detach().argmax(1).eq(targets.labels).sum().item<std::int64_t>();
  }
  report.gradient_norm = state.differentiate(loss);
  state.check_finite("norm of the gradient", report.gradient_norm);
  state.move();
  return report;
}

std::int64_t Trainer::steps_done() const {
  return state_->steps_done;
}

void Trainer::with_result(const std::function<void()>& work) const {
  if (state_->average.values().empty()) {
    work();
  } else {
    state_->average.with_average(work);
  }
}

std::string Trainer::save() const {
  torch::serialize::OutputArchive archive;
  write_tensors(archive, "tensor", all_tensors(state_->parameters));
  write_tensors(archive, "average", state_->average.values());
  archive.write(
      "steps_done", c10::IValue(static_cast<std::int64_t>(state_->steps_done)));
  torch::serialize::OutputArchive optimizer;
  state_->optimizer->save(optimizer);
  archive.write("optimizer", optimizer);
  std::ostringstream stream;
  archive.save_to(stream);
  return std::move(stream).str();
}

void Trainer::load(std::string_view bytes) {
  try {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    read_tensors(archive, "tensor", all_tensors(state_->parameters));
    read_tensors(archive, "average", state_->average.values());
    c10::IValue steps;
    archive.read("steps_done", steps);
    torch::serialize::InputArchive optimizer;
    archive.read("optimizer", optimizer);
    state_->optimizer->load(optimizer);
    state_->steps_done = steps.toInt();
  } catch (const c10::Error& error) {
    fail(
        ErrorCode::InvalidFile,
        "[train] the kept state cannot be read: {}",
        error.what_without_backtrace());
  }
}

}  // namespace ompq
