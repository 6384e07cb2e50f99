// SPDX-License-Identifier: MIT
#include "ompq/training/make_optimizer.h"

#include <vector>

#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

namespace ompq {
namespace {

using Groups = std::vector<torch::optim::OptimizerParamGroup>;

torch::optim::AdamWOptions adamw_options(double rate, double weight_decay) {
  return torch::optim::AdamWOptions(rate).weight_decay(weight_decay);
}

torch::optim::SGDOptions sgd_options(
    const TrainingOptions& options, double rate, double weight_decay) {
  return torch::optim::SGDOptions(rate)
      .momentum(options.momentum)
      .nesterov(options.momentum > 0.0)
      .weight_decay(weight_decay);
}

std::unique_ptr<torch::optim::OptimizerOptions> group_options(
    const TrainingOptions& options, double rate, double weight_decay) {
  if (options.optimizer == OptimizerKind::AdamW) {
    return std::make_unique<torch::optim::AdamWOptions>(
        adamw_options(rate, weight_decay));
  }
  return std::make_unique<torch::optim::SGDOptions>(
      sgd_options(options, rate, weight_decay));
}

Groups make_groups(
    const Parameters& parameters, const TrainingOptions& options) {
  const double rate = options.learning_rate;
  Tensors steps;
  for (const LearnedStep& step : parameters.steps) {
    steps.push_back(step.tensor);
  }
  Groups groups;
  groups.emplace_back(
      parameters.weights, group_options(options, rate, options.weight_decay));
  const double slower = rate * options.step_rate;
  groups.emplace_back(parameters.biases, group_options(options, slower, 0.0));
  groups.emplace_back(steps, group_options(options, slower, 0.0));
  return groups;
}

}  // namespace

std::shared_ptr<torch::optim::Optimizer> make_optimizer(
    const Parameters& parameters, const TrainingOptions& options) {
  const Groups groups = make_groups(parameters, options);
  if (options.optimizer == OptimizerKind::AdamW) {
    return std::make_shared<torch::optim::AdamW>(
        groups, adamw_options(options.learning_rate, 0.0));
  }
  return std::make_shared<torch::optim::SGD>(
      groups, sgd_options(options, options.learning_rate, 0.0));
}

void set_learning_rate(
    torch::optim::Optimizer& optimizer,
    double rate,
    const TrainingOptions& options) {
  auto& groups = optimizer.param_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].options().set_lr(i == 0 ? rate : rate * options.step_rate);
  }
}

}  // namespace ompq
