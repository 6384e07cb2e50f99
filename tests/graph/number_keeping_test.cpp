// SPDX-License-Identifier: MIT
// Where numbers appear, and which are none of the network's input: rules 4, 6.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/graph/named_sites.h"
#include "tests/graph/sketch.h"

namespace ompq {
namespace {

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
