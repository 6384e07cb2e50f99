// SPDX-License-Identifier: MIT
// Where quantizers are asked for: rules 1, 2, 3 and 5.
#include "ompq/graph/activation_sites.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/graph/named_sites.h"
#include "tests/graph/sketch.h"

namespace ompq {
namespace {

TEST(ActivationSites, AreInputsOfLayers) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .conv("b", "a")
                          .conv("c", "a")
                          .node("Sigmoid", "y", {"c"})
                          .output("b")
                          .output("y")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"a"}, {"b", "c"}}}));
}

TEST(ActivationSites, AreNotBetweenALayerAndItsActivation) {
  for (const std::string activation : {"Relu", "Sigmoid", "HardSwish"}) {
    const Graph graph = Sketch()
                            .input("x")
                            .conv("a", "x")
                            .node(activation, "r", {"a"})
                            .conv("b", "r")
                            .output("b")
                            .build();

    EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"r"}, {"b"}}}));
  }
}

TEST(ActivationSites, AreOperandsOfASumThatReachesALayer) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .node("Relu", "r", {"a"})
                          .conv("b", "r")
                          .node("Add", "s", {"b", "r"})
                          .node("Relu", "t", {"s"})
                          .conv("c", "t")
                          .node("Add", "end", {"c", "t"})
                          .output("end")
                          .build();

  // Nothing reads the last sum in integers.
  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{
          {{"x"}, {"a"}}, {{"r"}, {"b"}}, {{"b"}, {"c"}}, {{"t"}, {"c"}}}));
}

/// What a layer reads has its width; what is only added, a byte at least.
TEST(ActivationSites, HaveAByteWhereNoLayerReadsThem) {
  Sketch sketch;
  sketch.input("x")
      .conv("a", "x")
      .conv("b", "a")
      .node("Add", "sum", {"b", "a"})
      .conv("c", "sum")
      .output("c");
  const Graph graph = sketch.build();
  std::map<std::string, int> bits;
  for (const ActivationSite& site :
       find_activation_sites(graph, find_quantizable_layers(graph).layers)) {
    bits[graph.value(site.values.front()).name] = site.bits(3);
    EXPECT_EQ(site.bits(16), 16);
  }

  EXPECT_EQ(
      bits,
      (std::map<std::string, int>{{"x", 3}, {"a", 3}, {"b", 8}, {"sum", 3}}));
}

TEST(ActivationSites, AreNotAtASumWithAConstant) {
  const Graph graph = Sketch()
                          .input("x")
                          .constant("bias", Sketch::zeros({8, 1, 1}))
                          .conv("a", "x")
                          .node("Add", "s", {"a", "bias"})
                          .conv("b", "s")
                          .output("b")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"s"}, {"b"}}}));
}

TEST(ActivationSites, ShareAScaleWhereTensorsMeetInConcat) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .conv("b", "x")
                          .node("Relu", "ar", {"a"})
                          .node("Relu", "br", {"b"})
                          .node("Concat", "both", {"ar", "br"}, kAlongChannels)
                          .node("Identity", "same", {"both"})
                          .conv("c", "same", {8, 16, 1, 1})
                          .output("c")
                          .build();

  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{{{"x"}, {"a", "b"}}, {{"ar", "br"}, {"c"}}}));
}

TEST(ActivationSites, ShareAScaleAlongConcatsThatAreLinked) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .conv("b", "a")
                          .node("Concat", "ab", {"a", "b"}, kAlongChannels)
                          .conv("c", "ab", {8, 16, 1, 1})
                          .node("Concat", "bc", {"b", "c"}, kAlongChannels)
                          .conv("d", "bc", {8, 16, 1, 1})
                          .output("d")
                          .build();

  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{{{"x"}, {"a"}}, {{"a", "b", "c"}, {"b", "c", "d"}}}));
}

TEST(ActivationSites, AreNotAtAConcatThatFloatNodesRead) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .conv("b", "x")
                          .node("Concat", "both", {"a", "b"}, kAlongChannels)
                          .node("Relu", "r", {"both"})
                          .conv("c", "r", {8, 16, 1, 1})
                          .node("Concat", "end", {"c", "a"}, kAlongChannels)
                          .output("end")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a", "b"}}, {{"r"}, {"c"}}}));
}

TEST(ActivationSites, AreAfterAConcatWithAConstant) {
  const Graph graph = Sketch()
                          .input("x")
                          .constant("map", Sketch::zeros({1, 2, 8, 8}))
                          .conv("a", "x")
                          .node("Concat", "more", {"a", "map"}, kAlongChannels)
                          .conv("b", "more", {8, 10, 1, 1})
                          .output("b")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"more"}, {"b"}}}));
}

TEST(ActivationSites, AreBeforeAndAfterAnAverage) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .node("Relu", "r", {"a"})
                          .node("GlobalAveragePool", "mean", {"r"})
                          .node("Flatten", "flat", {"mean"})
                          .matmul("b", "flat")
                          .output("b")
                          .build();

  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{{{"x"}, {"a"}}, {{"r"}, {"b"}}, {{"mean"}, {"b"}}}));
}

TEST(ActivationSites, LeaveAGateInFloat) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .node("GlobalAveragePool", "mean", {"a"})
                          .conv("fc", "mean")
                          .node("Sigmoid", "gate", {"fc"})
                          .node("Mul", "scaled", {"a", "gate"})
                          .conv("b", "scaled")
                          .output("b")
                          .build();

  // The squeeze needs the input of its pooling in integers.
  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{
          {{"x"}, {"a"}},
          {{"a"}, {"fc", "b"}},
          {{"mean"}, {"fc"}},
          {{"scaled"}, {"b"}}}));
}

}  // namespace
}  // namespace ompq
