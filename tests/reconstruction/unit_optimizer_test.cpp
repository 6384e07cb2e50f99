// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_optimizer.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/units.h"
#include "ompq/reconstruction/make_units.h"

#include "reconstruction_fixture.h"

namespace ompq {
namespace {

constexpr std::int64_t kExamples = 24;

/// x [n, 4, 8, 8] -> 1 x 1 convolution -> y.
PreparedModel one_convolution() {
  GraphBuilder builder;
  const std::vector<Dimension> shape{
      {.size = -1, .symbol = "n"}, {.size = 4}, {.size = 8}, {.size = 8}};
  builder.add_input("x", DataType::Float32, shape);
  std::vector<float> weights(16);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::sin(static_cast<float>(3 * i + 1));
  }
  builder.add_constant("w", Constant::from(weights, {4, 4, 1, 1}));
  builder.add_node(
      {.name = "conv",
       .op_type = "Conv",
       .inputs = {"x", "w"},
       .outputs = {"y"}});
  builder.add_output("y");
  return prepared(std::move(builder).build());
}

/// The convolution as a unit with weights of 3 bits, and what it reads.
struct Problem {
  PreparedModel model = one_convolution();
  ReconstructionOptions options{.batch_size = 8, .drop_probability = 0.0};
  UnitProblem unit = make_unit(
      model.graph,
      model.layers.layers,
      uniform_plan(1, 3),
      find_units(model.graph, model.layers.layers),
      0,
      {},
      options);
  Frontier frontier{kExamples, TensorStore(Bytes{1 << 30}, ".")};

  Problem() {
    at::manual_seed(1);
    // Channels that go together: rounding each weight for itself is then not
    // the best one can do.
    const at::Tensor x = (at::randn({kExamples, 1, 8, 8}) +
                          0.2 * at::randn({kExamples, 4, 8, 8}))
                             .contiguous(at::MemoryFormat::ChannelsLast);
    frontier.store("x", Frontier::Side::Float, 0, kExamples, x);
    frontier.share("x");
    frontier.store(
        "y",
        Frontier::Side::Float,
        0,
        kExamples,
        Network(model.graph).run({{x.clone()}}).front().front());
  }

  void optimize(const OptimizerInput& input) {
    optimize_unit(unit, frontier, options, input, silent_observer());
  }
};

TEST(UnitOptimizer, ShowsTheLossAndGradientsOfEachStep) {
  Problem problem;
  int steps = 0;
  const auto check = [&](const GradientStep& step) {
    ++steps;
    const at::AutoGradMode with_gradients(true);
    const at::Tensor weight =
        step.tensors.layers[0].weight.detach().clone().requires_grad_(true);
    const at::Tensor y =
        at::conv2d(problem.frontier.mixed("x", step.groups, 0.0, 0), weight);
    const at::Tensor target = problem.frontier.mixed("y", step.groups, 1.0, 0);
    const at::Tensor variance =
        problem.frontier.range("y", Frontier::Side::Float, 0, kExamples)
            .var(false);
    const at::Tensor loss = (y - target).square().mean() / variance;
    loss.backward();
    EXPECT_NEAR(step.loss, loss.item<double>(), 1e-5 * step.loss);
    EXPECT_TRUE(at::allclose(
        step.tensors.layers[0].weight.grad(), weight.grad(), 1e-4, 1e-7));
  };
  problem.optimize({.iterations = 3, .after_gradients = check});
  EXPECT_EQ(steps, 3);
}

TEST(UnitOptimizer, TakesFewerExamplesWherePositionsArePlenty) {
  const auto batch = [](std::int64_t plenty) {
    Problem problem;
    std::size_t examples = 0;
    problem.optimize(
        {.iterations = 1,
         .plenty_positions = plenty,
         .after_gradients = [&](const GradientStep& step) {
           examples = step.groups.size();
         }});
    return examples;
  };
  EXPECT_EQ(batch(64 * 100), 8U);
  EXPECT_EQ(batch(64 * 6), 6U);
  EXPECT_EQ(batch(1), 4U);
}

TEST(UnitOptimizer, LowersTheErrorOverAllExamples) {
  Problem problem;
  const auto error = [&] {
    const auto all = [&](const char* value) {
      return problem.frontier.range(value, Frontier::Side::Float, 0, kExamples);
    };
    const Tensors y =
        problem.unit.network.run({all("x")}, current_tensors(problem.unit));
    return (y.front() - all("y")).square().mean().item<double>();
  };
  const double before = error();
  problem.optimize({.iterations = 300});
  EXPECT_LT(error(), 0.9 * before);
}

}  // namespace
}  // namespace ompq
