// SPDX-License-Identifier: MIT
#include "ompq/graph/live_tensors.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sketch.h"

namespace ompq {
namespace {

using ::testing::UnorderedElementsAre;

/// Names of the last values of the buffers that are live while a node runs.
std::set<std::string> live_at(const Graph& graph, const std::string& node) {
  const LiveTensors live = find_live_tensors(graph);
  std::set<std::string> names;
  for (const LiveMoment& moment : live.moments) {
    if (graph.node(moment.node).name == node) {
      for (const std::size_t buffer : moment.buffers) {
        names.insert(graph.value(live.buffers[buffer].values.back()).name);
      }
    }
  }
  return names;
}

TEST(LiveTensors, AreWhatANodeReadsAndWritesInAChain) {
  Sketch sketch;
  sketch.input("x").conv("a", "x").conv("b", "a").conv("c", "b").output("c");
  const Graph graph = sketch.build();

  EXPECT_THAT(live_at(graph, "a"), UnorderedElementsAre("x", "a"));
  EXPECT_THAT(live_at(graph, "b"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(live_at(graph, "c"), UnorderedElementsAre("b", "c"));
}

TEST(LiveTensors, KeepAShortcutUntilItIsAdded) {
  Sketch sketch;
  sketch.input("x")
      .conv("a", "x")
      .conv("b", "a")
      .conv("c", "b")
      .node("Add", "sum", {"c", "a"})
      .output("sum");
  const Graph graph = sketch.build();

  EXPECT_THAT(live_at(graph, "c"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(live_at(graph, "sum"), UnorderedElementsAre("a", "c", "sum"));
}

TEST(LiveTensors, ShareMemoryWithAnActivationUnlessOthersReadItsInput) {
  Sketch alone;
  alone.input("x").conv("a", "x").node("Relu", "r", {"a"}).output("r");
  EXPECT_THAT(live_at(alone.build(), "r"), UnorderedElementsAre("r"));

  Sketch shared;
  shared.input("x")
      .conv("a", "x")
      .node("Relu", "r", {"a"})
      .node("Add", "sum", {"r", "a"})
      .output("sum");
  EXPECT_THAT(live_at(shared.build(), "r"), UnorderedElementsAre("a", "r"));
}

TEST(LiveTensors, ShareMemoryWithWhatIsOnlyRenamed) {
  Sketch sketch;
  sketch.input("x").conv("a", "x").node("Flatten", "f", {"a"}).output("f");
  EXPECT_THAT(live_at(sketch.build(), "f"), UnorderedElementsAre("f"));
}

TEST(LiveTensors, KeepOutputsToTheEnd) {
  Sketch sketch;
  sketch.input("x").conv("a", "x").conv("b", "a").conv("c", "b");
  sketch.output("a").output("c");
  EXPECT_THAT(
      live_at(sketch.build(), "c"), UnorderedElementsAre("a", "b", "c"));
}

TEST(LiveTensors, CountTheElementsOfOneSample) {
  Sketch sketch;
  sketch.input("x").conv("a", "x", {4, 8, 1, 1}).output("a");
  const LiveTensors live = find_live_tensors(sketch.build());
  ASSERT_EQ(live.buffers.size(), 2U);
  EXPECT_EQ(live.buffers[0].elements, 8 * 8 * 8);
  EXPECT_EQ(live.buffers[1].elements, 4 * 8 * 8);
}

}  // namespace
}  // namespace ompq
