// SPDX-License-Identifier: MIT
#include "ompq/graph/equalize_layers.h"

#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/graph/equalized_network.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

/// Groups, transposed convolutions, slopes, pools, branches and a Gemm.
Graph many_kinds(unsigned seed) {
  LayeredNetwork net(seed);
  net.layer("Conv", "x", "a", {6, 2, 3, 3}, grouped(2), 6);
  net.constant(
      "slopes",
      Constant::from<float>({.1F, .2F, .3F, .4F, .5F, .6F}, {6, 1, 1}));
  net.add("PRelu", {"a", "slopes"}, "b");
  net.layer(
      "ConvTranspose", "b", "c", {6, 4, 2, 2}, {{"group", std::int64_t{2}}}, 8);
  net.add("LeakyRelu", {"c"}, "d", {{"alpha", 0.2F}});
  net.layer("Conv", "d", "left", {3, 8, 1, 1});
  net.layer("Conv", "d", "right", {4, 8, 3, 3}, kPadded, 4);
  net.add("Concat", {"left", "right"}, "both", {{"axis", std::int64_t{1}}});
  net.add("Relu", {"both"}, "positive");
  net.add(
      "MaxPool",
      {"positive"},
      "pooled",
      {{"kernel_shape", std::vector<std::int64_t>{2, 2}}});
  net.add("Flatten", {"pooled"}, "flat", {{"axis", std::int64_t{1}}});
  net.layer(
      "Gemm", "flat", "h", {7 * 30, 9}, {{"alpha", 0.5F}, {"beta", 2.0F}}, 9);
  net.add("Relu", {"h"}, "h_relu");
  net.layer("Gemm", "h_relu", "y", {5, 9}, {{"transB", std::int64_t{1}}}, 5);
  return net.finish();
}

TEST(EqualizeLayers, KeepsWhatTheNetworkComputes) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    for (const Graph& graph :
         {inverted_residual(false, seed), many_kinds(seed)}) {
      const Equalization result = equalized(graph);

      EXPECT_GE(result.layers.size(), 3U);
      EXPECT_LT(
          relative_difference(graph, result.graph, random_input(seed)),
          kRelative);
    }
  }
}

TEST(EqualizeLayers, BringsTheRangesOfChannelsTogether) {
  const Graph graph = inverted_residual(false, 4);

  const Equalization result = equalized(graph);

  EXPECT_GT(result.largest_ratio_before, 20.0);
  EXPECT_LT(result.largest_ratio_after, result.largest_ratio_before / 4);
}

TEST(EqualizeLayers, MakesTheTwoRangesOfEachChannelProportional) {
  LayeredNetwork net(9);
  net.layer("Conv", "x", "a", {6, 4, 1, 1});
  net.add("Relu", {"a"}, "b");
  net.layer("Conv", "b", "y", {3, 6, 1, 1});

  const Graph graph = equalized(net.finish()).graph;

  const auto range = [&](const char* node, int axis, int channel) {
    const Constant* weight =
        graph.constant_input(graph.node(graph.find_node(node).value()), 1);
    const Plain plain(*weight);
    double largest = 0.0;
    for_each_element(plain, [&](auto o, auto i, auto, auto) {
      Plain copy = plain;
      if ((axis == 0 ? o : i) == channel) {
        largest = std::max(largest, std::abs(copy.at(o, i, 0, 0)));
      }
    });
    return largest;
  };
  const double ratio = range("a_node", 0, 0) / range("y_node", 1, 0);
  for (int channel = 1; channel < 6; ++channel) {
    EXPECT_NEAR(
        range("a_node", 0, channel) / range("y_node", 1, channel),
        ratio,
        1e-3 * ratio);
  }
}

TEST(EqualizeLayers, MakesActivationsBeforeDepthwiseLayersEqual) {
  const Graph graph = inverted_residual(false, 6);
  const at::Tensor input = random_input(6);

  const Graph result = equalized(
                           graph,
                           {.goal = EqualizationGoal::Activations,
                            .channel_maxima = maxima_of(graph, input)})
                           .graph;

  // The depthwise layer does not read channel 6: its weights are zero.
  std::vector<float> maxima = maxima_of(result, input).at("b");
  maxima.erase(maxima.begin() + 6);
  float lowest = std::numeric_limits<float>::infinity();
  float highest = 0.0F;
  for (const float maximum : maxima) {
    lowest = maximum > 0.0F ? std::min(lowest, maximum) : lowest;
    highest = std::max(highest, maximum);
  }
  EXPECT_LT(highest / lowest, 1.01F);
  EXPECT_LT(relative_difference(graph, result, input), kRelative);
}

TEST(EqualizeLayers, DoesNotWidenAnActivationByItsBiases) {
  LayeredNetwork net(1);
  net.constant("w", Constant::from<float>({1.0F, 1e-6F}, {2, 1, 1, 1}));
  net.constant("b", Constant::from<float>({0.0F, 0.5F}, {2}));
  net.add("GlobalAveragePool", {"x"}, "p");
  net.layer("Conv", "p", "q", {1, 4, 1, 1});
  net.add("Conv", {"q", "w", "b"}, "a");
  net.add("Relu", {"a"}, "r");
  net.layer("Conv", "r", "y", {3, 2, 1, 1});
  const Graph graph = net.finish();
  const at::Tensor input = random_input(1);
  const Maxima maxima = maxima_of(graph, input);
  const float before = std::max(maxima.at("r")[0], maxima.at("r")[1]);

  const Graph result = equalized(graph, {.channel_maxima = maxima}).graph;

  const auto after = maxima_of(result, input).at("r");
  EXPECT_LE(after[1], 1.001F * before);
  EXPECT_GT(maxima_of(equalized(graph).graph, input).at("r")[1], 5 * before);
}

TEST(EqualizeLayers, SaysWhichMaximaAreWrong) {
  const Graph graph = inverted_residual(true, 1);
  Maxima short_one{{"b", {1.0F}}};
  Maxima infinite{{"b", std::vector<float>(10, 1.0F)}};
  infinite["b"][3] = std::numeric_limits<float>::infinity();

  expect_error(ErrorCode::ShapeMismatch, "'b': expected 10", [&] {
    static_cast<void>(equalized(graph, {.channel_maxima = short_one}));
  });
  expect_error(ErrorCode::InvalidData, "channel 3 is inf", [&] {
    static_cast<void>(equalized(graph, {.channel_maxima = infinite}));
  });
}

TEST(EqualizeLayers, RefusesOptionsOutsideTheirRange) {
  const Graph graph = inverted_residual(true, 1);

  expect_error(ErrorCode::InvalidArgument, "headroom", [&] {
    static_cast<void>(equalized(graph, {.headroom = 0.5}));
  });
  expect_error(ErrorCode::InvalidArgument, "maxima", [&] {
    static_cast<void>(
        equalized(graph, {.goal = EqualizationGoal::Activations}));
  });
}

}  // namespace
}  // namespace ompq
