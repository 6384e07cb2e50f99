// SPDX-License-Identifier: MIT
#include "ompq/graph/quantizable_layers.h"

#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

using Attributes = std::map<std::string, Attribute>;
using Integers = std::vector<std::int64_t>;

Constant zeros(const Shape& shape) {
  return Constant::from<float>(
      std::vector<float>(static_cast<std::size_t>(element_count(shape))),
      shape);
}

GraphBuilder network(const Shape& input) {
  GraphBuilder builder;
  std::vector<Dimension> dimensions;
  for (const std::int64_t size : input) {
    dimensions.push_back({.size = size, .symbol = {}});
  }
  dimensions.front() = {.size = -1, .symbol = "N"};
  builder.add_input("x", DataType::Float32, dimensions);
  return builder;
}

void add(
    GraphBuilder& builder,
    const std::string& op,
    const std::vector<std::string>& inputs,
    const std::string& output,
    const Attributes& attributes = {}) {
  builder.add_node({output + "_node", "", op, inputs, {output}, attributes});
}

QuantizableLayers layers_of(GraphBuilder builder, const std::string& output) {
  builder.add_output(output);
  return find_quantizable_layers(infer_shapes(std::move(builder).build()));
}

TEST(QuantizableLayers, CountWeightsTimesOutputPositionsOfAConv) {
  GraphBuilder builder = network({1, 4, 9, 8});
  builder.add_constant("w", zeros({6, 2, 3, 3}));
  builder.add_constant("b", zeros({6}));
  add(builder,
      "Conv",
      {"x", "w", "b"},
      "y",
      {{"group", std::int64_t{2}}, {"strides", Integers{2, 1}}});

  const QuantizableLayers found = layers_of(std::move(builder), "y");

  ASSERT_EQ(found.layers.size(), 1U);
  EXPECT_EQ(found.layers[0].name, "y_node");
  EXPECT_EQ(found.layers[0].kind, LayerKind::Conv);
  EXPECT_EQ(found.layers[0].weight_name, "w");
  EXPECT_EQ(found.layers[0].weights, 108);
  EXPECT_EQ(found.layers[0].output_channels, 6);
  EXPECT_TRUE(found.layers[0].has_bias);
  EXPECT_EQ(found.layers[0].macs, 108 * 4 * 6);
}

TEST(QuantizableLayers, CountWeightsTimesInputPositionsOfAConvTranspose) {
  GraphBuilder builder = network({1, 4, 5, 3});
  builder.add_constant("w", zeros({4, 3, 2, 2}));
  add(builder,
      "ConvTranspose",
      {"x", "w"},
      "y",
      {{"group", std::int64_t{2}}, {"strides", Integers{2, 2}}});

  const QuantizableLayers found = layers_of(std::move(builder), "y");

  ASSERT_EQ(found.layers.size(), 1U);
  EXPECT_EQ(found.layers[0].output_channels, 6);
  EXPECT_FALSE(found.layers[0].has_bias);
  EXPECT_EQ(found.layers[0].macs, 48 * 15);
}

TEST(QuantizableLayers, CountWeightsTimesRowsOfProducts) {
  GraphBuilder builder = network({1, 7, 5});
  builder.add_constant("w", zeros({5, 8}));
  builder.add_constant("v", zeros({3, 56}));
  add(builder, "MatMul", {"x", "w"}, "m");
  add(builder, "Flatten", {"m"}, "f");
  add(builder, "Gemm", {"f", "v"}, "y", {{"transB", std::int64_t{1}}});

  const QuantizableLayers found = layers_of(std::move(builder), "y");

  ASSERT_EQ(found.layers.size(), 2U);
  EXPECT_EQ(found.layers[0].kind, LayerKind::MatMul);
  EXPECT_EQ(found.layers[0].output_channels, 8);
  EXPECT_EQ(found.layers[0].macs, 40 * 7);
  EXPECT_EQ(found.layers[1].kind, LayerKind::Gemm);
  EXPECT_EQ(found.layers[1].output_channels, 3);
  EXPECT_EQ(found.layers[1].macs, 3 * 56);
}

TEST(QuantizableLayers, CountAStackOfMatrices) {
  GraphBuilder builder = network({1, 4, 7, 5});
  builder.add_constant("w", zeros({4, 5, 6}));
  add(builder, "MatMul", {"x", "w"}, "y");

  const QuantizableLayers found = layers_of(std::move(builder), "y");

  ASSERT_EQ(found.layers.size(), 1U);
  EXPECT_EQ(found.layers[0].macs, 4 * 7 * 5 * 6);
}

TEST(QuantizableLayers, SkipWeightsThatAreComputedOrUsedInTwoWays) {
  GraphBuilder builder = network({1, 5, 5});
  builder.add_constant("w", zeros({5, 5}));
  add(builder, "MatMul", {"x", "x"}, "a");
  add(builder, "MatMul", {"a", "w"}, "b");
  add(builder, "Add", {"b", "w"}, "y");

  const QuantizableLayers found = layers_of(std::move(builder), "y");

  EXPECT_TRUE(found.layers.empty());
  ASSERT_EQ(found.skipped.size(), 2U);
  EXPECT_NE(found.skipped[0].reason.find("computed"), std::string::npos);
  EXPECT_NE(found.skipped[1].reason.find("shared"), std::string::npos);
}

TEST(QuantizableLayers, MayShareAWeightInTheSameRole) {
  GraphBuilder builder = network({1, 5, 5});
  builder.add_constant("w", zeros({5, 5}));
  add(builder, "MatMul", {"x", "w"}, "a");
  add(builder, "MatMul", {"a", "w"}, "y");

  const QuantizableLayers found = layers_of(std::move(builder), "y");

  EXPECT_EQ(found.layers.size(), 2U);
}

}  // namespace
}  // namespace ompq
