// SPDX-License-Identifier: MIT
#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/sensitivity/output_divergence.h"
#include "ompq/sensitivity/plan_divergence.h"
#include "ompq/sensitivity/rounded_network.h"

#include "tests/cli/small_network.h"
#include "tests/engine/two_outputs.h"
#include "tests/support/expect_error.h"

#include "scored_network.h"

namespace ompq {
namespace {

const std::vector<int> kWidths{2, 4, 8};

std::vector<Tensors> images(std::int64_t each) {
  return random_images({3, 8, 8}, 12, each);
}

RoundedNetwork rounded_network(
    const PreparedModel& model, const std::vector<Tensors>& batches) {
  return RoundedNetwork(
      model,
      batches,
      std::vector(model.layers.layers.size(), kWidths),
      WeightGrids{.density = ScaleDensity::Fine});
}

/// A classifier of scores s = x w for images x [n, 4].
PreparedModel linear_model(const std::vector<float>& weights) {
  GraphBuilder builder;
  builder.add_input(
      "x", DataType::Float32, std::vector<Dimension>{{-1, "N"}, {4, ""}});
  builder.add_constant("w", Constant::from(weights, {4, 3}));
  builder.add_node(
      {.name = "fc",
       .op_type = "MatMul",
       .inputs = {"x", "w"},
       .outputs = {"y"}});
  builder.add_output("y");
  return scored_model(std::move(builder).build());
}

TEST(OutputDivergence, IsTheDivergenceOfTheClasses) {
  std::vector<float> weights(12);
  std::vector<float> others(12);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::sin(static_cast<float>(i));
    others[i] = std::cos(static_cast<float>(3 * i));
  }
  const std::vector<Tensors> batches = random_images({4}, 7, 3);

  const double actual = OutputDivergence(linear_model(weights).graph, batches)
                            .of(linear_model(others).graph);

  double expected = 0.0;
  for (const Tensors& batch : batches) {
    const auto scores = [&](const std::vector<float>& w) {
      return batch[0]
          .to(at::kDouble)
          .mm(at::tensor(w).reshape({4, 3}).to(at::kDouble));
    };
    const at::Tensor p = at::softmax(scores(weights), 1);
    const at::Tensor q = at::softmax(scores(others), 1);
    expected += (p * (p / q).log()).sum().item<double>();
  }
  EXPECT_NEAR(actual, expected / 7.0, 1e-6 * actual);
}

TEST(OutputDivergence, IsNothingForTheSameNetwork) {
  const PreparedModel model = scored_model(small_network());
  const OutputDivergence divergence(model.graph, images(5));
  EXPECT_EQ(divergence.examples(), 12);
  EXPECT_EQ(divergence.of(model.graph), 0.0);
}

TEST(RoundedNetwork, RoundsTheWeightsAndKeepsTheMeans) {
  const PreparedModel model = scored_model(small_network());
  const std::vector<Tensors> batches = images(5);
  const RoundedNetwork rounded = rounded_network(model, batches);

  for (std::size_t i = 0; i < model.layers.layers.size(); ++i) {
    std::vector<int> widths(model.layers.layers.size(), 0);
    widths[i] = 2;
    const Graph graph = infer_shapes(rounded.at(widths));
    const std::string name = output_name(model, i);
    const at::Tensor exact = value_of(model.graph, name, batches);
    const at::Tensor plain =
        value_of(with_rounded_layer(model, i, 2), name, batches);
    const at::Tensor corrected = value_of(graph, name, batches);
    const auto means = [](const at::Tensor& value) {
      return value.transpose(0, 1).flatten(1).mean(1);
    };
    EXPECT_TRUE(at::allclose(means(corrected), means(exact), 1e-4, 1e-4)) << i;
    // Up to the bias of a channel the same as without a correction.
    const at::Tensor difference =
        (corrected - plain).transpose(0, 1).flatten(1);
    EXPECT_LT(difference.std(1).max().item<double>(), 1e-4) << i;
  }
}

TEST(RoundedNetwork, NamesAWidthThatItLacks) {
  const PreparedModel model = scored_model(small_network());
  const RoundedNetwork rounded = rounded_network(model, images(12));
  expect_error(ErrorCode::InvalidArgument, "3 bits", [&] {
    static_cast<void>(
        rounded.at(std::vector<int>(model.layers.layers.size(), 3)));
  });
}

using Widths = std::vector<int>;

/// Compares with the whole network, for widths and what they are near.
void expect_whole_divergence(
    const PreparedModel& model,
    const std::vector<Tensors>& batches,
    const std::vector<std::pair<Widths, Widths>>& asked) {
  const RoundedNetwork rounded = rounded_network(model, batches);
  const OutputDivergence whole(model.graph, batches);
  PlanDivergence divergence(rounded, batches);
  for (const auto& [widths, near] : asked) {
    const std::vector<double> expected = whole.of_each(rounded.at(widths));
    const std::vector<double> actual = divergence.of_each(widths, near);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t n = 0; n < actual.size(); ++n) {
      EXPECT_NEAR(actual[n], expected[n], 1e-4 * expected[n] + 1e-9);
    }
  }
}

TEST(PlanDivergence, IsThatOfTheWholeNetworkWhateverItIsNear) {
  const Widths first{8, 4, 4, 8};
  const Widths second{4, 4, 2, 8};
  expect_whole_divergence(
      scored_model(small_network()),
      images(5),
      {{first, first},         // nothing differs
       {{8, 4, 2, 8}, first},  // late
       {{8, 2, 4, 8}, first},  // earlier than before
       {{8, 4, 4, 4}, first},
       {{2, 4, 2, 8}, second},  // near another plan
       {{4, 4, 2, 2}, second},
       {{0, 0, 0, 0}, second}});
}

TEST(PlanDivergence, CountsOutputsBeforeWhatDiffers) {
  expect_whole_divergence(
      scored_model(two_outputs()),
      random_images({4, 6, 6}, 7, 3),
      {{{0, 2}, {0, 0}},  // the first output is that of the float network
       {{2, 4}, {2, 8}},  // it is that of 2 bits
       {{2, 8}, {2, 8}},
       {{4, 8}, {2, 8}},
       {{2, 2}, {2, 8}}});
}

TEST(ExampleDivergences, AddUpOutputsOfEveryKind) {
  // Two examples: numbers, integers, two rows for each, and one for both.
  const Tensors expected{
      at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).reshape({2, 1, 2}),
      at::tensor({1, 2}, at::kLong),
      at::zeros({4, 1}),
      at::zeros({3})};
  const Tensors actual{
      at::tensor({1.0F, 4.0F, 3.0F, 5.0F}).reshape({2, 1, 2}),
      at::tensor({1, 7}, at::kLong),
      at::tensor({1.0F, 1.0F, 0.0F, 2.0F}).reshape({4, 1}),
      at::tensor({2.0F, 0.0F, 0.0F})};

  const at::Tensor each = example_divergences(expected, actual, 2);

  // 1/2 2^2, 0, 1/2 (1 + 1), half of 1/2 2^2; 1/2, 1, 1/2 2^2, the same half.
  EXPECT_TRUE(
      at::equal(each, at::tensor({2.0 + 1.0 + 1.0, 0.5 + 1.0 + 2.0 + 1.0})));
}

TEST(DivergenceErrors, AreThoseOfTheNetworkWithOneRoundedLayer) {
  const PreparedModel model = scored_model(small_network());
  const std::vector<Tensors> batches = images(5);
  const RoundedNetwork rounded = rounded_network(model, batches);
  const OutputDivergence divergence(model.graph, batches);

  const LayerErrors errors = measure_layer_errors(
      model, batches, errors_of(model, ErrorKind::Divergence, kWidths));

  for (std::size_t i = 0; i < errors.size(); ++i) {
    std::vector<int> widths(errors.size(), 0);
    for (const int bits : kWidths) {
      widths[i] = bits;
      const double expected = divergence.of(rounded.at(widths));
      EXPECT_NEAR(errors[i].at(bits), expected, 1e-3 * expected + 1e-9);
    }
    EXPECT_GT(errors[i].at(2), errors[i].at(8));
  }
}

}  // namespace
}  // namespace ompq
