// SPDX-License-Identifier: MIT
#include "ompq/graph/activation_sites.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/graph/sketch.h"

namespace ompq {
namespace {

/// A site in names: values and layers.
struct NamedSite {
  std::vector<std::string> values;
  std::vector<std::string> layers;

  friend bool operator==(const NamedSite&, const NamedSite&) = default;
};

void PrintTo(const NamedSite& site, std::ostream* stream) {
  for (const std::string& value : site.values) {
    *stream << value << " ";
  }
  *stream << "->";
  for (const std::string& layer : site.layers) {
    *stream << " " << layer;
  }
}

using NamedSites = std::vector<NamedSite>;

NamedSites sites_of(
    const Graph& graph, const ActivationSiteOptions& options = {}) {
  const LayerTable layers = find_quantizable_layers(graph).layers;
  NamedSites named;
  for (const ActivationSite& site :
       find_activation_sites(graph, layers, options)) {
    named.emplace_back();
    for (const ValueId value : site.values) {
      named.back().values.push_back(graph.value(value).name);
    }
    for (const LayerId layer : site.layers) {
      named.back().layers.push_back(layers[layer.index()].name);
    }
  }
  return named;
}

const std::map<std::string, Attribute> kAlongChannels{
    {"axis", std::int64_t{1}}};

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

TEST(ActivationSites, AreWhereNumbersAppear) {
  const Graph graph =
      Sketch()
          .input("x")
          .constant("pads", Sketch::integers({0, 0, 1, 1, 0, 0, 1, 1}))
          .constant("shape", Sketch::integers({0, 4, 2, 10, 10}))
          .constant("flat", Sketch::integers({0, 8, 10, 10}))
          .conv("a", "x")
          .node("Relu", "r", {"a"})
          .node("Pad", "padded", {"r", "pads"})
          .node("Reshape", "reshaped", {"padded", "shape"})
          .node(
              "Transpose",
              "transposed",
              {"reshaped"},
              {{"perm", std::vector<std::int64_t>{0, 2, 1, 3, 4}}})
          .node("Reshape", "back", {"transposed", "flat"})
          .conv("b", "back")
          .node(
              "MaxPool",
              "pooled",
              {"r"},
              {{"kernel_shape", std::vector<std::int64_t>{2, 2}}})
          .conv("c", "pooled")
          .output("b")
          .output("c")
          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"r"}, {"b", "c"}}}));
}

TEST(ActivationSites, AreAfterAPadWithANumberOfItsOwn) {
  const Graph graph =
      Sketch()
          .input("x")
          .constant("pads", Sketch::integers({0, 0, 1, 1, 0, 0, 1, 1}))
          .constant("one", Constant::scalar(1.0F))
          .conv("a", "x")
          .node("Pad", "padded", {"a", "pads", "one"})
          .conv("b", "padded")
          .output("b")
          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"padded"}, {"b"}}}));
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

TEST(ActivationSites, AreAtTheEndsAsAsked) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .node("Softmax", "y", {"a"})
                          .node("Flatten", "out", {"y"})
                          .output("out")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}}));
  EXPECT_EQ(sites_of(graph, {.network_inputs = false}), (NamedSites{}));
  EXPECT_EQ(
      sites_of(graph, {.network_outputs = true}),
      (NamedSites{{{"x"}, {"a"}}, {{"y"}, {}}}));
}

TEST(ActivationSites, LeaveAnInputThatIsNotQuantizedAlone) {
  const ActivationSiteOptions options{.network_inputs = false};
  const Graph graph =
      Sketch()
          .input("x", {1, 2, 8, 8})
          .node(
              "SpaceToDepth", "moved", {"x"}, {{"blocksize", std::int64_t{2}}})
          .conv("a", "moved")
          .node("Concat", "all", {"moved", "a"}, kAlongChannels)
          .conv("b", "all", {8, 16, 1, 1})
          .node("Add", "s", {"b", "moved"})
          .conv("c", "s")
          .output("c")
          .build();

  EXPECT_EQ(
      sites_of(graph, options),
      (NamedSites{{{"all"}, {"b"}}, {{"b"}, {"c"}}, {{"s"}, {"c"}}}));
  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{{{"x", "a"}, {"a", "b"}}, {{"b"}, {"c"}}, {{"s"}, {"c"}}}));
}

TEST(ActivationSites, AreNotAtNumbersThatDependOnShapesOnly) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .node("Shape", "shape", {"a"})
                          .node("ConstantOfShape", "zeros", {"shape"})
                          .node("Add", "s", {"a", "zeros"})
                          .conv("b", "s")
                          .output("b")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"s"}, {"b"}}}));
}

}  // namespace
}  // namespace ompq
