// SPDX-License-Identifier: MIT
#include "ompq/graph/subgraph.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/graph/same_graph.h"
#include "tests/graph/sketch.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

Graph two_convolutions() {
  return Sketch()
      .input("x")
      .conv("a", "x")
      .node("Relu", "b", {"a"})
      .conv("c", "b")
      .node("Add", "d", {"c", "b"})
      .output("d")
      .build();
}

std::vector<NodeId> node_ids(
    const Graph& graph, const std::vector<std::string>& names) {
  std::vector<NodeId> ids;
  for (const std::string& name : names) {
    ids.push_back(graph.find_node(name).value());
  }
  return ids;
}

std::vector<ValueId> value_ids(
    const Graph& graph, const std::vector<std::string>& names) {
  std::vector<ValueId> ids;
  for (const std::string& name : names) {
    ids.push_back(graph.find_value(name).value());
  }
  return ids;
}

TEST(Subgraph, OfAllNodesIsTheGraph) {
  const Graph graph = two_convolutions();

  const Graph all = subgraph(
      graph,
      node_ids(graph, {"a", "b", "c", "d"}),
      value_ids(graph, {"x"}),
      value_ids(graph, {"d"}));

  expect_same_graph(all, graph);
}

TEST(Subgraph, KeepsNamesTypesShapesAndConstants) {
  const Graph graph = two_convolutions();

  const Graph part = subgraph(
      graph,
      node_ids(graph, {"c", "d"}),
      value_ids(graph, {"b"}),
      value_ids(graph, {"d", "c"}));

  ASSERT_EQ(part.nodes().size(), 2U);
  EXPECT_EQ(part.nodes()[0].name, "c");
  ASSERT_EQ(part.inputs().size(), 1U);
  EXPECT_EQ(part.value(part.inputs()[0]).name, "b");
  ASSERT_EQ(part.outputs().size(), 2U);
  EXPECT_EQ(part.value(part.outputs()[0]).name, "d");
  EXPECT_EQ(part.value(part.outputs()[1]).name, "c");
  for (const Value& value : part.values()) {
    const Value& origin = graph.value(graph.find_value(value.name).value());
    EXPECT_EQ(value.type, origin.type) << value.name;
    EXPECT_EQ(value.shape, origin.shape) << value.name;
    EXPECT_EQ(value.constant.has_value(), origin.constant.has_value());
  }
  EXPECT_FALSE(part.find_value("a.weight"));
}

TEST(Subgraph, TakesInputsInTheOrderGivenAlsoIfNoNodeReadsThem) {
  const Graph graph = two_convolutions();

  const Graph part = subgraph(
      graph,
      node_ids(graph, {"d"}),
      value_ids(graph, {"c", "x", "b"}),
      value_ids(graph, {"d"}));

  ASSERT_EQ(part.inputs().size(), 3U);
  EXPECT_EQ(part.value(part.inputs()[0]).name, "c");
  EXPECT_EQ(part.value(part.inputs()[1]).name, "x");
  EXPECT_EQ(part.value(part.inputs()[2]).name, "b");
}

TEST(Subgraph, RefusesAReadThatNothingProvides) {
  const Graph graph = two_convolutions();

  expect_error(ErrorCode::InvalidArgument, "node 'd' (Add) reads 'b'", [&] {
    (void)subgraph(
        graph,
        node_ids(graph, {"d"}),
        value_ids(graph, {"c"}),
        value_ids(graph, {"d"}));
  });
}

TEST(Subgraph, RefusesAnOutputThatNothingComputes) {
  const Graph graph = two_convolutions();

  expect_error(ErrorCode::InvalidArgument, "the output 'd'", [&] {
    (void)subgraph(
        graph,
        node_ids(graph, {"c"}),
        value_ids(graph, {"b"}),
        value_ids(graph, {"d"}));
  });
}

TEST(Subgraph, RefusesAValueThatIsFedAndComputed) {
  const Graph graph = two_convolutions();

  expect_error(ErrorCode::InvalidArgument, "computes 'c'", [&] {
    (void)subgraph(
        graph,
        node_ids(graph, {"c", "d"}),
        value_ids(graph, {"b", "c"}),
        value_ids(graph, {"d"}));
  });
}

}  // namespace
}  // namespace ompq
