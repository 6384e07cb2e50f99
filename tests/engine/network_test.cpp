// SPDX-License-Identifier: MIT
#include "ompq/engine/network.h"

#include <random>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/engine/fusion.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

/// Sums of a few hundred products of numbers near 1.
constexpr double kTolerance = 1e-4;

Constant random_constant(const Shape& shape, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<float> elements;
  for (std::int64_t i = 0; i < element_count(shape); ++i) {
    elements.push_back(static_cast<float>(generator() % 2001) / 1000.0F - 1.0F);
  }
  return Constant::from(elements, shape);
}

at::Tensor random_tensor(const std::vector<std::int64_t>& shape) {
  at::manual_seed(5);
  return at::randn(shape);
}

/// Two residual blocks, the second with a strided depthwise convolution and a
/// convolution in the shortcut; Relu, Clip and a linear output.
Graph residual_graph() {
  GraphBuilder builder;
  builder.add_input(
      "x",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {6, ""}, {9, ""}, {8, ""}});
  builder.add_constant("w1", random_constant({6, 6, 3, 3}, 1));
  builder.add_constant("b1", random_constant({6}, 2));
  builder.add_constant("w2", random_constant({6, 6, 1, 1}, 3));
  builder.add_constant("w3", random_constant({6, 1, 3, 3}, 4));
  builder.add_constant("w4", random_constant({6, 6, 1, 1}, 5));
  builder.add_constant("low", Constant::scalar(0.0F));
  builder.add_constant("high", Constant::scalar(6.0F));
  const std::vector<std::int64_t> pads{1, 1, 1, 1};
  const std::vector<std::int64_t> twos{2, 2};
  builder.add_node(
      {.name = "conv1",
       .op_type = "Conv",
       .inputs = {"x", "w1", "b1"},
       .outputs = {"c1"},
       .attributes = {{"pads", pads}}});
  builder.add_node(
      {.name = "relu1",
       .op_type = "Relu",
       .inputs = {"c1"},
       .outputs = {"r1"}});
  builder.add_node(
      {.name = "conv2",
       .op_type = "Conv",
       .inputs = {"r1", "w2"},
       .outputs = {"c2"}});
  builder.add_node(
      {.name = "add1",
       .op_type = "Add",
       .inputs = {"x", "c2"},
       .outputs = {"a1"}});
  builder.add_node(
      {.name = "clip1",
       .op_type = "Clip",
       .inputs = {"a1", "low", "high"},
       .outputs = {"r2"}});
  builder.add_node(
      {.name = "conv3",
       .op_type = "Conv",
       .inputs = {"r2", "w3"},
       .outputs = {"c3"},
       .attributes = {
           {"pads", pads}, {"strides", twos}, {"group", std::int64_t{6}}}});
  builder.add_node(
      {.name = "conv4",
       .op_type = "Conv",
       .inputs = {"r2", "w4"},
       .outputs = {"c4"},
       .attributes = {{"strides", twos}}});
  builder.add_node(
      {.name = "add2",
       .op_type = "Add",
       .inputs = {"c3", "c4"},
       .outputs = {"y"}});
  builder.add_output("y");
  return infer_shapes(std::move(builder).build());
}

double largest_difference(const at::Tensor& left, const at::Tensor& right) {
  return (left - right).abs().max().item<double>();
}

TEST(FindFusedChains, MergesAdditionsAndActivations) {
  const Graph graph = residual_graph();
  const auto chains = find_fused_chains(graph, {});
  ASSERT_EQ(chains.size(), 4U);
  EXPECT_EQ(graph.value(chains[0].output).name, "r1");
  EXPECT_EQ(graph.value(chains[1].output).name, "r2");
  EXPECT_EQ(graph.value(*chains[1].residual).name, "x");
  EXPECT_FLOAT_EQ(chains[1].range->high, 6.0F);
  EXPECT_EQ(graph.value(chains[2].output).name, "c3");
  EXPECT_EQ(graph.value(chains[3].output).name, "y");
  EXPECT_EQ(graph.value(*chains[3].residual).name, "c3");
}

TEST(FindFusedChains, StopsAtValuesThatMustAppear) {
  const Graph graph = residual_graph();
  const auto chains = find_fused_chains(graph, {*graph.find_value("c2")});
  EXPECT_EQ(graph.value(chains[1].output).name, "c2");
  EXPECT_FALSE(chains[1].residual.has_value());
}

TEST(Network, GivesTheSameWithAndWithoutMerging) {
  const Graph graph = residual_graph();
  const at::Tensor input = random_tensor({3, 6, 9, 8});
  const Network plain(graph, {.fuse = false});
  const Network merged(graph);

  const auto expected = plain.run({{input.clone()}});
  const auto actual = merged.run({{input.clone()}});

  EXPECT_EQ(actual[0][0].sizes(), expected[0][0].sizes());
  EXPECT_LT(largest_difference(actual[0][0], expected[0][0]), kTolerance);
}

TEST(Network, GivesTheSameInMicroBatches) {
  const Graph graph = residual_graph();
  const at::Tensor input = random_tensor({3, 6, 9, 8});
  const Network network(graph);

  const auto whole = network.run({{input.clone()}});
  const auto parts = network.run(
      {{input.narrow(0, 0, 2).clone()}, {input.narrow(0, 2, 1).clone()}});

  const at::Tensor joined = at::cat({parts[0][0], parts[1][0]});
  EXPECT_LT(largest_difference(joined, whole[0][0]), kTolerance);
}

TEST(Network, ReportsTappedValuesBeforeTheirActivation) {
  const Graph graph = residual_graph();
  const at::Tensor input = random_tensor({2, 6, 9, 8});
  const Network plain(
      graph, {.taps = {*graph.find_value("c1")}, .fuse = false});
  const Network merged(graph, {.taps = {*graph.find_value("c1")}});
  at::Tensor expected;
  at::Tensor actual;
  std::optional<ClampRange> next;

  const auto plain_result =
      plain.run({{input.clone()}}, [&](const TapEvent& event) {
        expected = event.slices[0].clone();
        return false;
      });
  const auto merged_result =
      merged.run({{input.clone()}}, [&](const TapEvent& event) {
        actual = event.slices[0].clone();
        next = event.next;
        return false;
      });

  EXPECT_LT(actual.min().item<float>(), 0.0F);
  EXPECT_LT(largest_difference(actual, expected), kTolerance);
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->low, 0.0F);
  EXPECT_LT(
      largest_difference(merged_result[0][0], plain_result[0][0]), kTolerance);
}

TEST(Network, LetsATapApplyTheActivation) {
  const Graph graph = residual_graph();
  const at::Tensor input = random_tensor({2, 6, 9, 8});
  const Network plain(graph, {.fuse = false});
  const Network tapped(graph, {.taps = {*graph.find_value("c1")}});

  const auto expected = plain.run({{input.clone()}});
  const auto actual = tapped.run({{input.clone()}}, [&](const TapEvent& event) {
    event.slices[0].clamp_(event.next->low, event.next->high);
    return true;
  });

  EXPECT_LT(largest_difference(actual[0][0], expected[0][0]), kTolerance);
}

TEST(Network, OffersNoActivationThatOthersWouldMiss) {
  const Graph graph = residual_graph();
  const ValueId tapped = *graph.find_value("c2");
  const Network network(graph, {.taps = {tapped}});
  bool offered = true;
  static_cast<void>(
      network.run({{random_tensor({1, 6, 9, 8})}}, [&](const TapEvent& event) {
        offered = event.next.has_value();
        return false;
      }));
  EXPECT_FALSE(offered);
}

TEST(Network, NamesTheNodeThatCannotTakeItsInput) {
  const Network network(residual_graph());
  try {
    static_cast<void>(network.run({{random_tensor({1, 5, 9, 8})}}));
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    EXPECT_NE(std::string(error.what()).find("conv1"), std::string::npos);
  }
}

TEST(Network, RejectsAWrongNumberOfInputs) {
  const Network network(residual_graph());
  EXPECT_THROW(static_cast<void>(network.run({{}})), Error);
}

}  // namespace
}  // namespace ompq
