// SPDX-License-Identifier: MIT
// Activation sites around what an integer runtime leaves in float.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/graph/named_sites.h"
#include "tests/graph/random_network.h"
#include "tests/graph/site_properties.h"
#include "tests/graph/sketch.h"

namespace ompq {
namespace {

Constant ones(const Shape& shape) {
  return Constant::from<float>(
      std::vector<float>(static_cast<std::size_t>(element_count(shape)), 1.0F),
      shape);
}

TEST(FloatNodes, OfATransformerLeaveTheInputsOfItsProducts) {
  const Graph graph = Sketch()
                          .input("x", {1, 4, 8})
                          .constant("ones", ones({8}))
                          .node("LayerNormalization", "norm1", {"x", "ones"})
                          .matmul("q", "norm1")
                          .matmul("k", "norm1")
                          .matmul("v", "norm1")
                          .node(
                              "Transpose",
                              "kt",
                              {"k"},
                              {{"perm", std::vector<std::int64_t>{0, 2, 1}}})
                          .node("MatMul", "scores", {"q", "kt"})
                          .node("Softmax", "weights", {"scores"})
                          .node("MatMul", "mixed", {"weights", "v"})
                          .matmul("projected", "mixed")
                          .node("Add", "sum1", {"x", "projected"})
                          .node("LayerNormalization", "norm2", {"sum1", "ones"})
                          .matmul("wide", "norm2", {8, 32})
                          .node("Gelu", "gelu", {"wide"})
                          .matmul("narrow", "gelu", {32, 8})
                          .node("Add", "sum2", {"sum1", "narrow"})
                          .node("LayerNormalization", "norm3", {"sum2", "ones"})
                          .matmul("head", "norm3")
                          .output("head")
                          .build();

  // The residual stream is read by normalizations: it stays in float.
  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{
          {{"norm1"}, {"q", "k", "v"}},
          {{"mixed"}, {"projected"}},
          {{"norm2"}, {"wide"}},
          {{"gelu"}, {"narrow"}},
          {{"norm3"}, {"head"}}}));
}

TEST(FloatNodes, OfANormalizationInPartsStayFloat) {
  const std::map<std::string, Attribute> keep{{"keepdims", std::int64_t{1}}};
  const Graph graph = Sketch()
                          .input("x", {1, 4, 8})
                          .constant("axes", Sketch::integers({-1}))
                          .constant("gamma", ones({8}))
                          .constant("beta", ones({8}))
                          .matmul("a", "x")
                          .node("ReduceMean", "mean", {"a", "axes"}, keep)
                          .node("Sub", "centred", {"a", "mean"})
                          .node("Mul", "square", {"centred", "centred"})
                          .node("ReduceMean", "variance", {"square", "axes"})
                          .node("Sqrt", "deviation", {"variance"})
                          .node("Div", "unit", {"centred", "deviation"})
                          .node("Mul", "scaled", {"unit", "gamma"})
                          .node("Add", "normal", {"scaled", "beta"})
                          .matmul("b", "normal")
                          .output("b")
                          .build();

  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"normal"}, {"b"}}}));
}

TEST(FloatNodes, OfANormalizationByScaleAndShiftStayFloat) {
  const Graph graph = Sketch()
                          .input("x", {1, 4, 8})
                          .constant("axes", Sketch::integers({-1}))
                          .constant("beta", ones({8}))
                          .matmul("a", "x")
                          .node("ReduceMean", "mean", {"a", "axes"})
                          .node("ReduceL2", "norm", {"a", "axes"})
                          .node("Reciprocal", "scale", {"norm"})
                          .node("Mul", "scaled", {"a", "scale"})
                          .node("Mul", "scaled_mean", {"mean", "scale"})
                          .node("Sub", "shift", {"beta", "scaled_mean"})
                          .node("Add", "normal", {"scaled", "shift"})
                          .matmul("b", "normal")
                          .output("b")
                          .build();

  // The two terms of the sum are large and cancel.
  EXPECT_EQ(sites_of(graph), (NamedSites{{{"x"}, {"a"}}, {{"normal"}, {"b"}}}));
}

TEST(FloatNodes, ThatAnIntegerSumReadsAreQuantized) {
  const Graph graph = Sketch()
                          .input("x")
                          .conv("a", "x")
                          .node("Sigmoid", "gate", {"a"})
                          .node("Mul", "swish", {"a", "gate"})
                          .conv("b", "swish")
                          .node("Add", "sum", {"b", "swish"})
                          .conv("c", "sum")
                          .output("c")
                          .build();

  EXPECT_EQ(
      sites_of(graph),
      (NamedSites{
          {{"x"}, {"a"}},
          {{"swish"}, {"b"}},
          {{"b"}, {"c"}},
          {{"sum"}, {"c"}}}));
}

TEST(FloatNodes, AreAddedInIntegersIfALayerReadsOneOfThem) {
  const std::map<std::string, Attribute> pool{
      {"kernel_shape", std::vector<std::int64_t>{1, 1}}};
  const auto two_products = [&](const std::string& read) {
    return Sketch()
        .input("x")
        .conv("a", "x")
        .node("Sigmoid", "gate", {"a"})
        .node("Mul", "p", {"a", "gate"})
        .node("Mul", "q", {"p", "gate"})
        .node("MaxPool", "pooled", {read}, pool)
        .conv("b", "pooled")
        .node("Add", "sum", {"p", "q"})
        .conv("c", "sum")
        .output("b")
        .output("c")
        .build();
  };

  EXPECT_EQ(
      sites_of(two_products("p")),
      (NamedSites{
          {{"x"}, {"a"}}, {{"p"}, {"b"}}, {{"q"}, {"c"}}, {{"sum"}, {"c"}}}));
  EXPECT_EQ(
      sites_of(two_products("gate")),
      (NamedSites{{{"x"}, {"a"}}, {{"gate"}, {"b"}}, {{"sum"}, {"c"}}}));
}

TEST(FloatNodes, ThatLookUpATableMakeItsNumbers) {
  Sketch sketch;
  sketch.constant("table", ones({10, 8}))
      .input("index_in_float", {1, 4})
      .node(
          "Cast",
          "index",
          {"index_in_float"},
          {{"to", static_cast<std::int64_t>(DataType::Int64)}})
      .node("Gather", "embedded", {"table", "index"})
      .matmul("a", "embedded")
      .output("a");

  EXPECT_EQ(sites_of(sketch.build()), (NamedSites{{{"embedded"}, {"a"}}}));
}

TEST(FloatNodes, OfRandomNetworksLeaveValidSites) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Graph graph =
        RandomNetwork(seed).make(1 + static_cast<int>(seed) / 4);
    const LayerTable layers = find_quantizable_layers(graph).layers;

    const auto sites = find_activation_sites(graph, layers);

    expect_valid_sites(graph, layers, sites);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ompq
