// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/channel_maxima.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/quantizable_layers.h"

#include "tests/graph/layered_network.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

Graph two_layers() {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {5, 4, 3, 3}, {{"pads", kPadOne}}, 5);
  net.add("LeakyRelu", {"a"}, "b", {{"alpha", 0.5F}});
  net.layer("Conv", "b", "y", {2, 5, 1, 1});
  return net.finish();
}

TEST(ChannelMaxima, AreTheLargestMagnitudesOfAllMicroBatches) {
  const Graph graph = two_layers();
  at::manual_seed(5);
  const at::Tensor input = at::randn({6, 4, 6, 5});
  const ValueId value = graph.find_value("b").value();

  const auto maxima = observe_channel_maxima(
      graph, {value}, {{input.narrow(0, 0, 2)}, {input.narrow(0, 2, 4)}});

  LayeredNetwork same;
  same.layer("Conv", "x", "a", {5, 4, 3, 3}, {{"pads", kPadOne}}, 5);
  same.add("LeakyRelu", {"a"}, "b", {{"alpha", 0.5F}});
  const at::Tensor output =
      Network(same.finish({"b"})).run({{input.clone()}})[0][0];
  const at::Tensor expected = output.abs().amax({0, 2, 3});
  ASSERT_EQ(maxima.at("b").size(), 5U);
  for (std::int64_t channel = 0; channel < 5; ++channel) {
    EXPECT_FLOAT_EQ(
        maxima.at("b")[static_cast<std::size_t>(channel)],
        expected[channel].item<float>());
  }
}

TEST(ChannelMaxima, CoverEveryActivationThatEqualizationAsksFor) {
  PreparedModel model{.graph = two_layers()};
  model.layers = find_quantizable_layers(model.graph);

  const auto maxima =
      observe_equalization_maxima(model, {{at::ones({1, 4, 6, 5})}});

  ASSERT_EQ(maxima.size(), 1U);
  EXPECT_EQ(maxima.begin()->first, "b");
}

TEST(ChannelMaxima, NameTheValueThatIsNotFinite) {
  const Graph graph = two_layers();
  at::Tensor input = at::ones({1, 4, 6, 5});
  input[0][0][2][2] = std::nan("");

  expect_error(ErrorCode::InvalidData, "value 'b'", [&] {
    static_cast<void>(observe_channel_maxima(
        graph, {graph.find_value("b").value()}, {{input}}));
  });
}

}  // namespace
}  // namespace ompq
