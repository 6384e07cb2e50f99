// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ompq/graph/units.h"

#include "tests/graph/sketch.h"
#include "tests/graph/unit_properties.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

/// The units of a graph as lists of node names.
std::vector<std::vector<std::string>> unit_names(
    const Graph& graph, const UnitOptions& options = {}) {
  const LayerTable layers = find_quantizable_layers(graph).layers;
  const std::vector<Unit> units = find_units(graph, layers, options);
  expect_valid_units(graph, layers, units, options);
  std::vector<std::vector<std::string>> names;
  for (const Unit& unit : units) {
    names.emplace_back();
    for (const NodeId node : unit.nodes) {
      names.back().push_back(graph.node(node).name);
    }
  }
  return names;
}

using Names = std::vector<std::vector<std::string>>;

TEST(Units, OfAChainAreItsLayersWithWhatFollowsThem) {
  const Graph graph = Sketch()
                          .input("x")
                          .node("Neg", "before", {"x"})
                          .conv("a", "before")
                          .node("Relu", "a_relu", {"a"})
                          .node("Softmax", "a_softmax", {"a_relu"})
                          .conv("b", "a_softmax", {8, 8, 3, 3})
                          .node("Relu", "b_relu", {"b"})
                          .output("b_relu")
                          .build();

  EXPECT_EQ(
      unit_names(graph),
      (Names{{"before", "a", "a_relu", "a_softmax"}, {"b", "b_relu"}}));
}

TEST(Units, KeepAResidualBlockTogether) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("stem", "x", {8, 8, 3, 3})
                          .conv("a", "stem", {8, 8, 3, 3})
                          .node("Relu", "relu", {"a"})
                          .conv("b", "relu", {8, 8, 3, 3})
                          .node("Add", "sum", {"b", "stem"})
                          .node("Relu", "out", {"sum"})
                          .conv("next", "out", {8, 8, 3, 3})
                          .output("next")
                          .build();

  EXPECT_EQ(
      unit_names(graph),
      (Names{{"stem"}, {"a", "relu", "b", "sum", "out"}, {"next"}}));
}

TEST(Units, KeepABlockTogetherThatALongShortcutPassesBy) {
  Sketch sketch;
  sketch.input("x").conv("stem", "x", {8, 8, 3, 3});
  std::string last = "stem";
  Names expected{{"stem"}};
  for (int i = 0; i < 5; ++i) {
    sketch.conv(fmt::format("a{}", i), last, {8, 8, 3, 3})
        .conv(fmt::format("b{}", i), fmt::format("a{}", i), {8, 8, 3, 3})
        .node("Add", fmt::format("sum{}", i), {fmt::format("b{}", i), last});
    last = fmt::format("sum{}", i);
    expected.push_back(
        {fmt::format("a{}", i),
         fmt::format("b{}", i),
         fmt::format("sum{}", i)});
  }
  sketch.node("Concat", "all", {last, "stem"}, {{"axis", std::int64_t{1}}});
  expected.back().push_back("all");
  sketch.conv("end", "all", {8, 16, 1, 1}).output("end");
  expected.push_back({"end"});

  EXPECT_EQ(unit_names(sketch.build()), expected);
}

TEST(Units, JoinASqueezeAndItsBranches) {
  const Graph graph =
      Sketch()
          .input("x")
          .conv("stem", "x", {16, 8, 3, 3})
          .conv("squeeze", "stem", {4, 16, 1, 1})
          .node("Relu", "relu", {"squeeze"})
          .conv("one", "relu", {8, 4, 1, 1})
          .conv("three", "relu", {8, 4, 3, 3})
          .node("Concat", "both", {"one", "three"}, {{"axis", std::int64_t{1}}})
          .output("both")
          .build();

  EXPECT_EQ(
      unit_names(graph),
      (Names{{"stem"}, {"squeeze", "relu", "one", "three", "both"}}));
  // Of three layers only two have room, so that the squeeze stays alone.
  EXPECT_EQ(
      unit_names(graph, {.max_layers = 2}),
      (Names{{"stem"}, {"squeeze", "relu"}, {"one", "three", "both"}}));
}

TEST(Units, LeaveAConvolutionThatDoesNotNarrowBeforeBranches) {
  const Graph graph =
      Sketch()
          .input("x")
          .conv("widen", "x", {16, 8, 1, 1})
          .conv("one", "widen", {8, 16, 1, 1})
          .conv("three", "widen", {8, 16, 3, 3})
          .node("Concat", "both", {"one", "three"}, {{"axis", std::int64_t{1}}})
          .output("both")
          .build();

  EXPECT_EQ(unit_names(graph), (Names{{"widen"}, {"one", "three", "both"}}));
}

TEST(Units, KeepParallelBlocksTogetherThatTheFileInterleaves) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("stem", "x", {8, 8, 3, 3})
                          .conv("a1", "stem", {8, 8, 3, 3})
                          .conv("b1", "stem", {8, 8, 3, 3})
                          .conv("a2", "a1", {8, 8, 3, 3})
                          .conv("b2", "b1", {8, 8, 3, 3})
                          .node("Add", "a", {"a2", "stem"})
                          .node("Add", "b", {"b2", "stem"})
                          .output("a")
                          .output("b")
                          .build();

  EXPECT_EQ(
      unit_names(graph),
      (Names{{"stem"}, {"a1", "a2", "a"}, {"b1", "b2", "b"}}));
}

TEST(Units, JoinDepthwiseConvolutionsAndThePointwiseOnesAround) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("stem", "x", {8, 8, 3, 3})
                          .depthwise("first", "stem")
                          .conv("project1", "first")
                          .conv("expand", "project1", {16, 8, 1, 1})
                          .node("Relu", "relu", {"expand"})
                          .depthwise("second", "relu", 16)
                          .conv("project2", "second", {8, 16, 1, 1})
                          .output("project2")
                          .build();

  EXPECT_EQ(
      unit_names(graph),
      (Names{
          {"stem"},
          {"first", "project1"},
          {"expand", "relu", "second", "project2"}}));
}

TEST(Units, PairAPointwiseConvolutionWithTheDepthwiseOneBefore) {
  const Graph graph = Sketch()
                          .input("x")
                          .depthwise("d1", "x")
                          .node("Relu", "r1", {"d1"})
                          .conv("p1", "r1")
                          .node("Relu", "s1", {"p1"})
                          .depthwise("d2", "s1")
                          .node("Relu", "r2", {"d2"})
                          .conv("p2", "r2")
                          .output("p2")
                          .build();

  EXPECT_EQ(
      unit_names(graph), (Names{{"d1", "r1", "p1", "s1"}, {"d2", "r2", "p2"}}));
}

TEST(Units, PairItWithTheOneAfterIfOnlyThatLinkIsLinear) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("p1", "x")
                          .depthwise("d1", "p1")
                          .node("Relu", "r1", {"d1"})
                          .conv("p2", "r1")
                          .depthwise("d2", "p2")
                          .node("Relu", "r2", {"d2"})
                          .output("r2")
                          .build();

  EXPECT_EQ(unit_names(graph), (Names{{"p1", "d1", "r1"}, {"p2", "d2", "r2"}}));
}

TEST(Units, KeepAGateWithTheLayerItScales) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("expand", "x", {16, 8, 1, 1})
                          .depthwise("deep", "expand", 16)
                          .node("Relu", "relu", {"deep"})
                          .node("GlobalAveragePool", "pool", {"relu"})
                          .conv("fc1", "pool", {4, 16, 1, 1})
                          .node("Relu", "fc1_relu", {"fc1"})
                          .conv("fc2", "fc1_relu", {16, 4, 1, 1})
                          .node("Sigmoid", "gate", {"fc2"})
                          .node("Mul", "scaled", {"relu", "gate"})
                          .conv("project", "scaled", {8, 16, 1, 1})
                          .conv("next", "project", {8, 8, 3, 3})
                          .output("next")
                          .build();

  const Names names = unit_names(graph);

  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0].back(), "project");
  EXPECT_EQ(names[1], (std::vector<std::string>{"next"}));
}

TEST(Units, LeaveParallelHeadsAlone) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("stem", "x", {8, 8, 3, 3})
                          .conv("box1", "stem", {8, 8, 3, 3})
                          .conv("class1", "stem", {8, 8, 3, 3})
                          .conv("box2", "box1", {8, 8, 3, 3})
                          .conv("class2", "class1", {8, 8, 3, 3})
                          .node("Sigmoid", "score", {"class2"})
                          .output("box2")
                          .output("score")
                          .build();

  EXPECT_EQ(
      unit_names(graph),
      (Names{{"stem"}, {"box1"}, {"class1"}, {"box2"}, {"class2", "score"}}));
}

TEST(Units, PutGlobalPoolingInFrontOfWhatReadsIt) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x", {8, 8, 3, 3})
                          .node("Relu", "relu", {"a"})
                          .node("GlobalAveragePool", "pool", {"relu"})
                          .node("Flatten", "flat", {"pool"})
                          .matmul("b", "flat")
                          .output("b")
                          .build();

  EXPECT_EQ(unit_names(graph), (Names{{"a", "relu"}, {"pool", "flat", "b"}}));
}

TEST(Units, OfAGraphWithoutLayersAreOne) {
  const Graph graph = Sketch()
                          .input("x")
                          .node("Relu", "a", {"x"})
                          .node("Exp", "b", {"a"})
                          .output("b")
                          .build();

  EXPECT_EQ(unit_names(graph), (Names{{"a", "b"}}));
}

TEST(Units, NeedRoomForALayer) {
  const Graph graph = Sketch().input("x").conv("a", "x").output("a").build();

  expect_error(ErrorCode::InvalidArgument, "max_layers is 0", [&] {
    (void)find_units(
        graph, find_quantizable_layers(graph).layers, {.max_layers = 0});
  });
}

}  // namespace
}  // namespace ompq
