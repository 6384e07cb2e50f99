// SPDX-License-Identifier: MIT
#include "ompq/export/integer_form.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "ompq/export/fast_graph.h"

#include "tests/export/branched_network.h"

namespace ompq {
namespace {

QuantizedModel quantized() {
  return with_biases(quantized_branches({.weights = {.bits = 4}}));
}

std::map<std::string, int> count_operators(const Graph& graph) {
  std::map<std::string, int> counts;
  for (const Node& node : graph.nodes()) {
    ++counts[node.op_type];
  }
  return counts;
}

TEST(IntegerForm, PutsOperatorsOnCodesBetweenQuantizers) {
  const Graph graph =
      to_integer_form(to_fast_graph(branched_network(), quantized()));
  std::map<std::string, int> counts = count_operators(graph);

  EXPECT_EQ(counts["QLinearConv"], 3);
  EXPECT_EQ(counts["QGemm"], 2);
  EXPECT_EQ(counts["QLinearAdd"], 1);
  EXPECT_EQ(counts["QLinearGlobalAveragePool"], 1);
  EXPECT_EQ(counts["Conv"] + counts["Gemm"] + counts["Add"], 0);
  // The image, and what keeps codes and stays between floats.
  EXPECT_GE(counts["QuantizeLinear"], 1);
}

TEST(IntegerForm, ComputesTheSameUpToOneStep) {
  const Graph floats =
      infer_shapes(to_fast_graph(branched_network(), quantized()));
  const Graph codes = infer_shapes(
      to_integer_form(to_fast_graph(branched_network(), quantized())));
  const at::Tensor image = at::rand({16, 2, 8, 8});

  const auto expected = Network(floats).run({{image.clone()}}).front().front();
  const auto actual = Network(codes).run({{image.clone()}}).front().front();

  ASSERT_EQ(actual.sizes(), expected.sizes());
  const float largest = expected.abs().max().item<float>();
  EXPECT_LT((actual - expected).abs().max().item<float>(), 0.05F * largest);
  EXPECT_GT(largest, 0.0F);
}

TEST(IntegerForm, LeavesAFloatNetworkAlone) {
  const Graph graph = branched_network();

  EXPECT_EQ(count_operators(to_integer_form(graph)), count_operators(graph));
}

/// Its sums are no integers.
TEST(IntegerForm, LeavesAScaledGemmInFloat) {
  GraphBuilder builder(to_fast_graph(branched_network(), quantized()));
  GraphBuilder::NodeSpec spec = *std::ranges::find(
      builder.nodes(), "last", &GraphBuilder::NodeSpec::name);
  spec.attributes["alpha"] = 0.5F;
  builder.replace_node("last", {spec});

  std::map<std::string, int> counts =
      count_operators(to_integer_form(std::move(builder).build()));

  EXPECT_EQ(counts["QGemm"], 1);
  EXPECT_EQ(counts["Gemm"], 1);
}

/// x -> codes -> Conv with a float bias -> limit -> codes.
Graph limited(
    const std::string& limit, float highest, std::uint8_t zero_point) {
  GraphBuilder builder("limited", 21);
  builder.add_input(
      "x", DataType::Float32, std::vector<Dimension>{{1}, {2}, {4}, {4}});
  const auto add = [&](const std::string& name, Constant constant) {
    builder.add_constant(name, std::move(constant));
  };
  add("s", Constant::scalar<float>(0.02F));
  add("z", Constant::scalar<std::uint8_t>(3));
  add("w", Constant::from(std::vector<std::int8_t>{5, -6, 7, 8}, {2, 2, 1, 1}));
  add("ws", Constant::from(std::vector<float>{0.1F, 0.3F}, {2}));
  add("wz", Constant::from(std::vector<std::int8_t>{0, 0}, {2}));
  add("b", Constant::from(std::vector<float>{0.7F, -0.9F}, {2}));
  add("low", Constant::scalar<float>(0.0F));
  add("high", Constant::scalar<float>(highest));
  add("ys", Constant::scalar<float>(0.04F));
  add("yz", Constant::scalar<std::uint8_t>(zero_point));
  const auto node = [&](const std::string& op_type,
                        std::vector<std::string> inputs,
                        const std::string& output,
                        std::map<std::string, Attribute> attributes = {}) {
    builder.add_node(
        {.name = output,
         .domain = {},
         .op_type = op_type,
         .inputs = std::move(inputs),
         .outputs = {output},
         .attributes = std::move(attributes)});
    builder.set_type(output, DataType::Float32);
  };
  node("QuantizeLinear", {"x", "s", "z"}, "xq");
  builder.set_type("xq", DataType::UInt8);
  node("DequantizeLinear", {"xq", "s", "z"}, "xd");
  node(
      "DequantizeLinear", {"w", "ws", "wz"}, "wd", {{"axis", std::int64_t{0}}});
  node("Conv", {"xd", "wd", "b"}, "c");
  std::vector<std::string> limits{"c"};
  if (limit == "Clip") {
    limits.insert(limits.end(), {"low", "high"});
  }
  node(limit, limits, "l");
  node("QuantizeLinear", {"l", "ys", "yz"}, "yq");
  builder.set_type("yq", DataType::UInt8);
  node("DequantizeLinear", {"yq", "ys", "yz"}, "y");
  builder.add_output("y");
  return std::move(builder).build();
}

TEST(IntegerForm, TakesOutLimitsThatTheQuantizerRepeats) {
  const auto has_conv = [](const Graph& graph) {
    return count_operators(to_integer_form(graph))["QLinearConv"] == 1;
  };
  EXPECT_TRUE(has_conv(limited("Relu", 0, 0)));
  EXPECT_FALSE(has_conv(limited("Relu", 0, 3)));
  EXPECT_TRUE(has_conv(limited("Clip", 10.21F, 0)));
  EXPECT_TRUE(has_conv(limited("Clip", 10.2F, 0)));
  EXPECT_FALSE(has_conv(limited("Clip", 10.19F, 0)));
}

TEST(IntegerForm, RoundsFloatBiasesToStepsOfInputTimesWeight) {
  const Graph graph = to_integer_form(limited("Relu", 0, 0));
  const auto node = graph.find_node("c");
  ASSERT_TRUE(node.has_value());
  const Constant* bias = graph.constant_input(graph.node(*node), 8);

  ASSERT_NE(bias, nullptr);
  EXPECT_EQ(bias->type(), DataType::Int32);
  EXPECT_EQ(
      bias->to_int64(),
      (std::vector<std::int64_t>{
          std::lround(0.7 / 0.002), std::lround(-0.9 / 0.006)}));
}

}  // namespace
}  // namespace ompq
