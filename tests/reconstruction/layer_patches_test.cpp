// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/layer_patches.h"

#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/graph/quantizable_layers.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;

/// A layer with its input, and what the operator makes of it.
struct PatchCase {
  TestNode node;
  Graph graph;
  WeightRows layout;

  explicit PatchCase(TestNode test)
      : node(std::move(test)),
        graph(make_test_graph(node, TestInputs::OthersConstant)),
        layout(
            weight_rows(graph, find_quantizable_layers(graph).layers.at(0))) {}

  [[nodiscard]] std::optional<at::Tensor> patches(std::int64_t most) const {
    return layer_patches(graph.nodes().front(), layout, node.inputs[0], most);
  }

  /// patches x rows, [P, R].
  [[nodiscard]] at::Tensor product(std::int64_t most) const {
    const at::Tensor rows = to_rows(node.inputs[1], layout)
                                .reshape({layout.groups, -1, layout.columns});
    return at::bmm(*patches(most), rows.transpose(1, 2))
        .permute({1, 0, 2})
        .reshape({-1, layout.rows});
  }

  /// The operator's output, one row for each position.
  [[nodiscard]] at::Tensor output() const {
    const at::Tensor out = run_node(node, TestInputs::OthersConstant).front();
    const at::Tensor last =
        node.op_type == "Conv" ? out.permute({0, 2, 3, 1}) : out;
    return last.reshape({-1, layout.rows});
  }
};

TestNode convolution(
    const Integers& weight, std::map<std::string, Attribute> attributes) {
  at::manual_seed(4);
  std::int64_t groups = 1;
  if (attributes.contains("group")) {
    groups = std::get<std::int64_t>(attributes.at("group"));
  }
  return {
      .op_type = "Conv",
      .inputs = {at::randn({3, weight[1] * groups, 9, 7}), at::randn(weight)},
      .attributes = std::move(attributes)};
}

std::vector<TestNode> convolutions() {
  return {
      convolution({5, 4, 3, 3}, {}),
      convolution({5, 4, 1, 1}, {{"strides", Integers{2, 2}}}),
      convolution(
          {5, 4, 3, 2},
          {{"strides", Integers{2, 1}}, {"pads", Integers{1, 0, 2, 1}}}),
      convolution(
          {2, 3, 3, 3},
          {{"dilations", Integers{2, 3}}, {"pads", Integers{2, 3, 2, 3}}}),
      convolution(
          {6, 2, 3, 3},
          {{"group", std::int64_t{3}}, {"pads", Integers{1, 1, 1, 1}}}),
      convolution(
          {8, 1, 3, 3},
          {{"group", std::int64_t{4}}, {"strides", Integers{2, 2}}}),
      convolution(
          {4, 1, 3, 3},
          {{"group", std::int64_t{4}}, {"pads", Integers{1, 1, 1, 1}}}),
      convolution(
          {3, 2, 4, 3},
          {{"auto_pad", std::string("SAME_UPPER")},
           {"strides", Integers{2, 2}}}),
      convolution(
          {3, 2, 4, 3},
          {{"auto_pad", std::string("SAME_LOWER")},
           {"strides", Integers{2, 2}}}),
      convolution({3, 2, 4, 3}, {{"auto_pad", std::string("VALID")}})};
}

TEST(LayerPatches, TimesTheWeightsAreTheOutputOfAConvolution) {
  for (const TestNode& node : convolutions()) {
    const PatchCase layer(node);

    EXPECT_TRUE(
        tensor_near(layer.product(1 << 20), layer.output(), {1e-4, 1e-4}))
        << to_string(layer.layout.shape);
  }
}

TEST(LayerPatches, AreTheSameForEveryMemoryOrder) {
  PatchCase layer(convolutions()[4]);
  const at::Tensor plain = *layer.patches(50);

  layer.node.inputs[0] =
      layer.node.inputs[0].contiguous(at::MemoryFormat::ChannelsLast);

  EXPECT_TRUE(at::equal(*layer.patches(50), plain));
}

TEST(LayerPatches, AreOutputsAtSomePositionsEachOnce) {
  for (const TestNode& node : convolutions()) {
    const PatchCase layer(node);

    const at::Tensor some = layer.product(7);

    ASSERT_EQ(some.size(0), 7);
    const at::Tensor distance =
        at::cdist(some.to(at::kDouble), layer.output().to(at::kDouble));
    const auto [nearest, place] = distance.min(1);
    EXPECT_LT(nearest.max().item<double>(), 1e-4);
    EXPECT_TRUE(place.slice(0, 1).gt(place.slice(0, 0, -1)).all().item<bool>());
  }
}

TEST(LayerPatches, TimesTheWeightsAreTheOutputOfAMatrixProduct) {
  at::manual_seed(6);
  const std::vector<TestNode> nodes{
      {"Gemm", {at::randn({8, 6}), at::randn({6, 5})}},
      {"Gemm",
       {at::randn({8, 6}), at::randn({5, 6})},
       {{"transB", std::int64_t{1}}}},
      {"MatMul", {at::randn({8, 6}), at::randn({6, 5})}},
      {"MatMul", {at::randn({2, 4, 6}), at::randn({6, 5})}}};
  for (const TestNode& node : nodes) {
    const PatchCase layer(node);

    EXPECT_TRUE(tensor_near(layer.product(1000), layer.output(), {1e-4, 1e-5}))
        << node.op_type;
    EXPECT_EQ(layer.product(3).size(0), 3);
  }
}

TEST(LayerPatches, AreAbsentWhereTheOutputIsNoSuchProduct) {
  const std::vector<TestNode> nodes{
      {"ConvTranspose", {at::randn({1, 3, 4, 4}), at::randn({3, 2, 2, 2})}},
      {"Conv", {at::randn({1, 3, 8}), at::randn({2, 3, 3})}},
      {"MatMul", {at::randn({2, 4, 6}), at::randn({2, 6, 5})}},
      {"Gemm",
       {at::randn({6, 8}), at::randn({6, 5})},
       {{"transA", std::int64_t{1}}}},
      {"Gemm", {at::randn({8, 6}), at::randn({6, 5})}, {{"alpha", 0.5F}}}};
  for (const TestNode& node : nodes) {
    const PatchCase layer(node);

    EXPECT_FALSE(has_patches(layer.graph.nodes().front(), layer.layout));
    EXPECT_FALSE(layer.patches(10).has_value()) << node.op_type;
  }
}

}  // namespace
}  // namespace ompq
