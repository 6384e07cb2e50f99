// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "tests/graph/equalized_network.h"

namespace ompq {
namespace {

TEST(EqualizedClips, LeavesClippedChannelsAloneWithoutTheirMaxima) {
  const Graph graph = inverted_residual(true, 4);

  const Equalization result = equalized(graph);

  ASSERT_EQ(result.layers.size(), 1U);
  EXPECT_EQ(result.layers[0].name, "e_node");
}

TEST(EqualizedClips, KeepsClippedNetworksByTheirMaxima) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Graph graph = inverted_residual(true, seed);
    const at::Tensor input = random_input(seed);

    const Equalization result =
        equalized(graph, {.channel_maxima = maxima_of(graph, input)});

    EXPECT_EQ(result.layers.size(), 3U);
    EXPECT_EQ(result.graph.nodes().size(), graph.nodes().size());
    EXPECT_LT(relative_difference(graph, result.graph, input), kRelative);
  }
}

TEST(EqualizedClips, LeavesHeadroomBelowTheLimit) {
  LayeredNetwork net(7);
  net.layer("Conv", "x", "a", {12, 4, 1, 1});
  net.relu6("a", "b");
  net.layer("Conv", "b", "y", {5, 12, 1, 1});
  const Graph graph = net.finish();
  const at::Tensor input = random_input(7);

  const Graph result =
      equalized(
          graph, {.channel_maxima = maxima_of(graph, input), .headroom = 2.0})
          .graph;

  EXPECT_LT(relative_difference(graph, result, 1.9 * input), kRelative);
  EXPECT_GT(relative_difference(graph, result, 50 * input), kRelative);
}

TEST(EqualizedClips, KeepsClippedNetworksForAnyInputByLimitsPerChannel) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const Graph graph = inverted_residual(true, seed);

    const Equalization result =
        equalized(graph, {.clips = ClipHandling::LimitPerChannel});

    EXPECT_EQ(result.layers.size(), 3U);
    for (const double size : {0.1, 1.0, 100.0}) {
      EXPECT_LT(
          relative_difference(graph, result.graph, size * random_input(seed)),
          kRelative);
    }
  }
}

TEST(EqualizedClips, RemovesClipsOnlyWhenAsked) {
  const Graph graph = inverted_residual(true, 2);

  const Graph removed = equalized(graph, {.clips = ClipHandling::Remove}).graph;

  const at::Tensor input = random_input(2);
  EXPECT_LT(relative_difference(graph, removed, 1e-3 * input), kRelative);
  EXPECT_GT(relative_difference(graph, removed, 100.0 * input), 0.1);
}

}  // namespace
}  // namespace ompq
