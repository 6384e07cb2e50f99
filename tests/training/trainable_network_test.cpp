// SPDX-License-Identifier: MIT
#include "ompq/training/trainable_network.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/export/integer_biases.h"
#include "ompq/quantization/qdq_graph.h"
#include "ompq/training/parameters.h"
#include "ompq/training/trained_model.h"

#include "tests/support/expect_error.h"
#include "tests/support/tensor_near.h"
#include "tests/training/trained_networks.h"

namespace ompq {
namespace {

/// Sums of float32 in another order.
constexpr Tolerance kRounding{.relative = 1e-4, .absolute = 1e-5};

at::Tensor scores_of(const Graph& graph, const Tensors& inputs) {
  return Network(graph).run({inputs}).front().front();
}

TEST(TrainableNetwork, GivesWhatTheFloatGraphGives) {
  const Tensors inputs = some_pictures(5);
  for (const bool keeps_norms : {false, true}) {
    const TrainableNetwork network =
        make_trainable(float_start(normalized_network(), keeps_norms));
    EXPECT_TRUE(tensor_near(
        network.run(inputs).front(),
        scores_of(infer_shapes(normalized_network()), inputs),
        kRounding));
  }
}

TEST(TrainableNetwork, BeginsWithWhatTheIntegersSay) {
  const Tensors inputs = some_pictures(5);
  const TrainingStart start = quantized_start(small_network(), 3, 5);

  const TrainableNetwork network = make_trainable(start);

  EXPECT_TRUE(tensor_near(
      network.run(inputs).front(),
      scores_of(to_qdq_graph(start.graph, start.quantized), inputs),
      kRounding));
}

TEST(TrainableNetwork, KeepsTheIntegersOfItsStart) {
  TrainingStart start = quantized_start(small_network(), 2, 4);
  // Real weights may be anywhere: codes stay.
  for (const Layer& layer : start.layers) {
    const WeightRows layout = weight_rows(start.graph, layer);
    start.real_weights[layer.name] =
        at::randn({layout.rows, layout.columns}) * 3;
  }
  EXPECT_TRUE(is_same_model(
      to_quantized_model(make_trainable(start)), start.quantized));
}

TEST(TrainableNetwork, FoldsNormalizationsExactly) {
  const Tensors inputs = some_pictures(5);
  for (const int bits : {2, 8}) {
    const TrainableNetwork network =
        make_trainable(quantized_start(normalized_network(), bits, 8, true));
    // Other numbers than those of the file, one gamma negative.
    {
      const at::NoGradGuard no_gradients;
      for (const TrainableLayer& layer : network.parts().layers) {
        if (layer.norm) {
          layer.norm->gamma.detach().mul_(
              at::tensor({0.7F, -1.3F, 1.1F, 0.9F}));
          layer.norm->running_mean.detach().add_(0.05);
          layer.norm->running_variance.detach().mul_(1.4);
        }
      }
    }
    const QuantizedModel model = to_quantized_model(network);
    EXPECT_TRUE(tensor_near(
        scores_of(to_qdq_graph(network.graph(), model), inputs),
        network.run(inputs).front(),
        kRounding));
  }
}

/// A start whose biases are added to integers, as they are by every runtime.
TrainingStart integer_start(const Graph& original, bool keeps_norms) {
  TrainingStart start = quantized_start(original, 2, 3, keeps_norms);
  start.bias_inputs = find_integer_bias_inputs(start.graph, start.quantized);
  return start;
}

void move_biases(const TrainableNetwork& network) {
  const at::NoGradGuard no_gradients;
  for (const TrainableLayer& layer : network.parts().layers) {
    const at::Tensor bias = layer.norm ? layer.norm->beta : layer.bias;
    bias.detach().add_(at::rand_like(bias.detach()));
  }
}

TEST(TrainableNetwork, RoundsBiasesAsIntegerKernelsDo) {
  const Tensors inputs = some_pictures(5);
  for (const bool keeps_norms : {false, true}) {
    const TrainingStart start =
        integer_start(normalized_network(), keeps_norms);
    EXPECT_EQ(start.bias_inputs.size(), 3U);
    const TrainableNetwork network = make_trainable(start);
    move_biases(network);

    const QuantizedModel model = to_quantized_model(network);
    const at::Tensor found = network.run(inputs).front();

    EXPECT_TRUE(tensor_near(
        found,
        scores_of(
            to_qdq_graph(
                network.graph(), with_integer_biases(network.graph(), model)),
            inputs),
        kRounding));
    EXPECT_FALSE(tensor_near(
        found,
        scores_of(to_qdq_graph(network.graph(), model), inputs),
        kRounding));
  }
}

TEST(TrainableNetwork, LearnsBiasesThroughTheirRounding) {
  const Tensors inputs = some_pictures(5);
  TrainingStart start = integer_start(small_network(), false);
  const TrainableNetwork rounded = make_trainable(start);
  start.bias_inputs.clear();
  const TrainableNetwork real = make_trainable(start);
  for (const TrainableNetwork* network : {&rounded, &real}) {
    // 0, which rounding leaves.
    for (const TrainableLayer& layer : network->parts().layers) {
      layer.bias.detach().zero_();
    }
    network->run(inputs).front().square().sum().backward();
  }

  for (std::size_t i = 0; i < real.parts().layers.size(); ++i) {
    const at::Tensor expected = real.parts().layers[i].bias.grad();
    EXPECT_TRUE(tensor_near(
        rounded.parts().layers[i].bias.grad(), expected, kRounding));
    EXPECT_GT(expected.abs().sum().item<double>(), 0.0);
  }
}

TEST(TrainableNetwork, NormalizesByTheBatchAndMovesRunningStatistics) {
  const TrainableNetwork network =
      make_trainable(float_start(normalized_network(), true));
  const TrainableNorm& norm = *network.parts().layers[0].norm;
  const at::Tensor mean_before = norm.running_mean.clone();
  const Tensors inputs = some_pictures(64);

  const at::Tensor running = network.run(inputs).front();
  EXPECT_TRUE(at::equal(norm.running_mean, mean_before));
  const at::Tensor batch = network.run(inputs, NormStatistics::Batch).front();

  EXPECT_FALSE(at::allclose(batch, running, 1e-3, 1e-3));
  EXPECT_FALSE(at::equal(norm.running_mean, mean_before));
}

/// d loss / d direction by differences, in float32.
double difference(
    const TrainableNetwork& network,
    const at::Tensor& parameter,
    const at::Tensor& direction,
    const Tensors& inputs,
    const at::Tensor& weights) {
  const at::NoGradGuard no_gradients;
  constexpr double kStep = 2e-3;
  const at::Tensor kept = parameter.detach().clone();
  const auto loss = [&](double step) {
    parameter.detach().copy_(kept + step * direction);
    return (network.run(inputs, NormStatistics::Batch).front() * weights)
        .sum()
        .item<double>();
  };
  const double slope = (loss(kStep) - loss(-kStep)) / (2 * kStep);
  parameter.detach().copy_(kept);
  return slope;
}

TEST(TrainableNetwork, HasTheGradientsOfTheFloatNetwork) {
  const TrainableNetwork network =
      make_trainable(float_start(normalized_network(), true));
  const Tensors inputs = some_pictures(32);
  const at::Tensor weights = at::randn({32, 3});
  (network.run(inputs, NormStatistics::Batch).front() * weights)
      .sum()
      .backward();

  const Parameters parameters = parameters_of(network);
  for (const Tensors* tensors : {&parameters.weights, &parameters.biases}) {
    for (const at::Tensor& parameter : *tensors) {
      const at::Tensor direction = at::randn_like(parameter.detach());
      const double expected =
          (parameter.grad() * direction).sum().item<double>();
      const double scale = parameter.grad().norm().item<double>();
      EXPECT_NEAR(
          difference(network, parameter, direction, inputs, weights),
          expected,
          0.03 * scale + 5e-3);
    }
  }
}

TEST(TrainableNetwork, SharesTheStepsOfOneSite) {
  const TrainableNetwork network =
      make_trainable(quantized_start(small_network(), 4, 4));
  const Parameters parameters = parameters_of(network);
  std::size_t steps = 0;
  for (const TrainableActivation& each : network.parts().activations) {
    steps += each.offset.defined() ? 2 : 1;
  }
  EXPECT_LE(parameters.steps.size(), network.parts().layers.size() + steps);
  EXPECT_GT(parameters.steps.size(), network.parts().layers.size());
}

TEST(TrainableNetwork, RefusesALayerThatTheGraphLacks) {
  TrainingStart start = quantized_start(small_network(), 4, 4);
  start.quantized.layers.front().name = "nobody";
  expect_error(ErrorCode::InvalidArgument, "'nobody'", [&] {
    static_cast<void>(make_trainable(start));
  });
  start = integer_start(small_network(), false);
  start.bias_inputs["conv2"] = "elsewhere";
  expect_error(ErrorCode::InvalidArgument, "'elsewhere'", [&] {
    static_cast<void>(make_trainable(start));
  });
  start = quantized_start(small_network(), 4, 4);
  start.quantized.activations.front().value = "nothing";
  expect_error(ErrorCode::InvalidArgument, "'nothing'", [&] {
    static_cast<void>(make_trainable(start));
  });
}

}  // namespace
}  // namespace ompq
