// SPDX-License-Identifier: MIT
#include "ompq/training/trainer.h"

#include <limits>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/training/parameters.h"
#include "ompq/training/trained_model.h"

#include "tests/support/expect_error.h"
#include "tests/training/trained_networks.h"

namespace ompq {
namespace {

constexpr std::int64_t kBatch = 16;

/// The class is how bright a picture is: something a network can learn.
struct Examples {
  Tensors inputs;
  Targets targets;

  explicit Examples(std::uint64_t seed) : inputs(some_pictures(kBatch, seed)) {
    targets.labels = at::arange(kBatch, at::kLong).remainder(3);
    inputs[0] = inputs[0] * 0.3 +
                (targets.labels.to(at::kFloat) - 1).reshape({-1, 1, 1, 1});
  }
};

TrainingOptions short_training() {
  return {
      .epochs = 2,
      .batch_size = kBatch,
      .optimizer = OptimizerKind::Sgd,
      .learning_rate = 0.05,
      .step_rate = 1.0,
      .distillation = 0.0};
}

double train_steps(Trainer& trainer, int first, int last) {
  double loss = 0.0;
  for (int i = first; i < last; ++i) {
    const Examples examples(static_cast<std::uint64_t>(i));
    loss = trainer.step(examples.inputs, examples.targets).loss;
  }
  return loss;
}

class TrainerTest : public testing::TestWithParam<OptimizerKind> {
 protected:
  static TrainingOptions options() {
    TrainingOptions options = short_training();
    options.optimizer = GetParam();
    options.learning_rate = GetParam() == OptimizerKind::Sgd ? 0.05 : 0.02;
    options.step_rate = 1.0;
    options.average = 0.9;
    options.clip = 5.0;
    options.norm = NormKind::Freeze;
    return options;
  }
};

TEST_P(TrainerTest, LearnsUnderAGrid) {
  TrainableNetwork network =
      make_trainable(quantized_start(normalized_network(), 3, 4, true));
  Trainer trainer(network, options(), 30);

  const double first = train_steps(trainer, 0, 1);
  const double last = train_steps(trainer, 1, 60);

  EXPECT_LT(last, 0.6 * first);
  EXPECT_EQ(trainer.steps_done(), 60);
}

TEST_P(TrainerTest, GoesOnBitForBit) {
  const TrainingStart start = quantized_start(normalized_network(), 3, 4, true);
  TrainableNetwork whole = make_trainable(start);
  Trainer undisturbed(whole, options(), 5);
  train_steps(undisturbed, 0, 10);

  TrainableNetwork before = make_trainable(start);
  Trainer stopped(before, options(), 5);
  train_steps(stopped, 0, 4);
  const std::string state = stopped.save();
  TrainableNetwork after = make_trainable(start);
  Trainer resumed(after, options(), 5);
  resumed.load(state);
  train_steps(resumed, 4, 10);

  const Tensors expected = all_tensors(parameters_of(whole));
  const Tensors found = all_tensors(parameters_of(after));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(at::equal(found[i], expected[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Optimizers,
    TrainerTest,
    testing::Values(OptimizerKind::Sgd, OptimizerKind::AdamW));

TEST(Trainer, StopsAtALossThatIsNotANumber) {
  TrainableNetwork network =
      make_trainable(float_start(small_network(), false));
  Trainer trainer(network, short_training(), 5);
  train_steps(trainer, 0, 3);
  const Tensors before = all_tensors(parameters_of(network));
  const at::Tensor weight = before.front().detach().clone();
  Examples damaged(9);
  damaged.inputs[0][0][0][0][0] = std::numeric_limits<float>::quiet_NaN();

  expect_error(ErrorCode::Degenerate, "step 4: the loss is nan", [&] {
    static_cast<void>(trainer.step(damaged.inputs, damaged.targets));
  });

  EXPECT_EQ(trainer.steps_done(), 3);
  EXPECT_TRUE(at::equal(before.front(), weight));
}

TEST(Trainer, ClipsTheGradient) {
  TrainingOptions options = short_training();
  options.momentum = 0.0;
  options.weight_decay = 0.0;
  options.clip = 1e-6;
  TrainableNetwork network =
      make_trainable(float_start(small_network(), false));
  const at::Tensor before =
      network.parts().layers.front().weight.detach().clone();
  Trainer trainer(network, options, 5);
  train_steps(trainer, 0, 1);

  const double moved =
      (network.parts().layers.front().weight - before).norm().item<double>();
  EXPECT_LE(moved, 1.01e-6 * options.learning_rate);
  EXPECT_GT(moved, 0.0);
}

TEST(Trainer, HandsOutTheAverageAndKeepsTheWeights) {
  TrainingOptions options = short_training();
  options.average = 0.9;
  TrainableNetwork network =
      make_trainable(float_start(small_network(), false));
  Trainer trainer(network, options, 5);
  train_steps(trainer, 0, 5);
  const at::Tensor weight = network.parts().layers.front().weight;
  const at::Tensor own = weight.detach().clone();

  at::Tensor averaged;
  trainer.with_result([&] { averaged = weight.detach().clone(); });

  EXPECT_FALSE(at::equal(averaged, own));
  EXPECT_TRUE(at::equal(weight, own));
}

TEST(Trainer, LeavesStepsAloneWhereTheyAreNotLearned) {
  TrainingStart start = quantized_start(small_network(), 3, 4);
  start.learn_steps = false;
  TrainableNetwork network = make_trainable(start);
  Trainer trainer(network, short_training(), 5);
  train_steps(trainer, 0, 5);

  const QuantizedModel model = to_quantized_model(network);

  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    EXPECT_EQ(
        model.layers[i].weight.scales, start.quantized.layers[i].weight.scales);
  }
  for (std::size_t i = 0; i < model.activations.size(); ++i) {
    EXPECT_EQ(
        model.activations[i].parameters,
        start.quantized.activations[i].parameters);
  }
}

TEST(Trainer, RefusesAStateOfAnotherNetwork) {
  TrainableNetwork one = make_trainable(float_start(small_network(), false));
  TrainableNetwork other =
      make_trainable(float_start(normalized_network(), false));
  const Trainer trainer(one, short_training(), 5);
  Trainer reader(other, short_training(), 5);
  expect_error(ErrorCode::InvalidFile, "another network", [&] {
    reader.load(trainer.save());
  });
  expect_error(ErrorCode::InvalidFile, "cannot be read", [&] {
    reader.load("no archive");
  });
}

}  // namespace
}  // namespace ompq
