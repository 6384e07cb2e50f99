// SPDX-License-Identifier: MIT
#include "examples/bundled/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "ompq/data/synthetic_dataset.h"

#include "examples/bundled/shape_batch.h"

namespace ompq::example {
namespace {

constexpr std::int64_t kStepsPerLine = 50;

/// Linear warm-up over the first 5 % of the steps, times half a cosine to 0.
double learning_rate(
    const TrainingOptions& options, std::int64_t step, std::int64_t steps) {
  const double progress =
      static_cast<double>(step) / static_cast<double>(steps);
  const double warm_up = std::min(1.0, progress / 0.05);
  return options.learning_rate * warm_up * 0.5 *
         (1 + std::cos(std::numbers::pi * progress));
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
  for (torch::optim::OptimizerParamGroup& group : optimizer.param_groups()) {
    group.options().set_lr(rate);
  }
}

/// The memory format in which convolutions are fastest.
void use_channels_last(ResidualNetwork& network) {
  for (torch::Tensor& parameter : network->parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(
          parameter.data().contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
}

/// One update of the network. Returns the loss before it.
double train_step(
    ResidualNetwork& network,
    torch::optim::Optimizer& optimizer,
    const ShapeBatch& batch) {
  optimizer.zero_grad();
  const torch::Tensor loss = torch::nn::functional::cross_entropy(
      network->forward(batch.images), batch.labels);
  loss.backward();
  optimizer.step();
  return loss.item<double>();
}

}  // namespace

void train(ResidualNetwork& network, const TrainingOptions& options) {
  const SyntheticDataset dataset(
      {.split = SyntheticSplit::Train,
       .size = options.images,
       .seed = options.seed});
  use_channels_last(network);
  torch::optim::AdamW optimizer(
      network->parameters(),
      torch::optim::AdamWOptions(options.learning_rate)
          .weight_decay(options.weight_decay));
  network->train();
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t steps = options.images / options.batch;
  double loss_sum = 0;
  for (std::int64_t step = 0; step < steps; ++step) {
    set_learning_rate(optimizer, learning_rate(options, step, steps));
    const std::int64_t begin = step * options.batch;
    loss_sum += train_step(
        network, optimizer, load_batch(dataset, begin, begin + options.batch));
    if ((step + 1) % kStepsPerLine == 0) {
      const std::chrono::duration<double> elapsed =
          std::chrono::steady_clock::now() - start;
      fmt::print(
          stderr,
          "step {} of {}: loss {:.3f}, {:.0f} s\n",
          step + 1,
          steps,
          loss_sum / kStepsPerLine,
          elapsed.count());
      loss_sum = 0;
    }
  }
}

}  // namespace ompq::example
