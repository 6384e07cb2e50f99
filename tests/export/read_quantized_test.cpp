// SPDX-License-Identifier: MIT
// Networks in QDQ form as other tools write them.
#include "ompq/export/read_quantized.h"

#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Spec = GraphBuilder::NodeSpec;

/// What a test changes of the network below.
struct Variation {
  float second_scale = 0.05F;
  /// Scales of the input's quantizer.
  std::vector<float> input_scales{0.02F};
  std::int64_t weight_axis = 0;
  bool is_transposed = false;
  bool has_second_quantizer = false;
};

/// image [N, 2, 4, 4] -> Q DQ -> Conv (int8 codes, one scale for each channel,
/// bias int32) -> Relu -> Q DQ -> scores.
Graph qdq_network(const Variation& given = {}) {
  GraphBuilder builder("of_others", 21);
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {2, ""}, {4, ""}, {4, ""}});
  const auto count = static_cast<std::int64_t>(given.input_scales.size());
  const Shape scale_shape = count == 1 ? Shape{} : Shape{count};
  builder.add_constant(
      "x_scale", Constant::from(given.input_scales, scale_shape));
  builder.add_constant(
      "x_zero",
      Constant::from(
          std::vector<std::uint8_t>(given.input_scales.size(), 7),
          scale_shape));
  std::vector<std::int8_t> codes(3 * 2 * 1 * 1);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = static_cast<std::int8_t>(static_cast<int>(i) * 40 - 100);
  }
  const std::int64_t scales = given.weight_axis == 0 ? 3 : 2;
  builder.add_constant(
      "w_codes",
      Constant::from(
          codes, given.is_transposed ? Shape{2, 3, 1, 1} : Shape{3, 2, 1, 1}));
  builder.add_constant(
      "w_scale",
      Constant::from(std::vector<float>{0.01F, 0.02F, 0.03F}, Shape{3}));
  if (scales == 2) {
    builder.add_constant(
        "w_scale_inputs",
        Constant::from(std::vector<float>{0.01F, 0.02F}, Shape{2}));
  }
  builder.add_constant(
      "b_codes", Constant::from(std::vector<std::int32_t>{5, -6, 7}, Shape{3}));
  builder.add_constant(
      "b_scale",
      Constant::from(std::vector<float>{2e-4F, 4e-4F, 6e-4F}, Shape{3}));
  builder.add_constant("y_scale", Constant::scalar<float>(0.05F));
  builder.add_constant(
      "y_scale_back", Constant::scalar<float>(given.second_scale));
  builder.add_constant("y_zero", Constant::scalar<std::int8_t>(-128));
  const std::string weight_scale = scales == 2 ? "w_scale_inputs" : "w_scale";
  builder.add_node(
      {.name = "q1",
       .op_type = "QuantizeLinear",
       .inputs = {"image", "x_scale", "x_zero"},
       .outputs = {"xq"}});
  builder.add_node(
      {.name = "d1",
       .op_type = "DequantizeLinear",
       .inputs = {"xq", "x_scale", "x_zero"},
       .outputs = {"x"}});
  builder.add_node(
      {.name = "dw",
       .op_type = "DequantizeLinear",
       .inputs = {"w_codes", weight_scale},
       .outputs = {given.is_transposed ? "wt" : "w"},
       .attributes = {
           {"axis",
            given.is_transposed ? std::int64_t{1} : given.weight_axis}}});
  if (given.is_transposed) {
    builder.add_node(
        {.name = "turn",
         .op_type = "Transpose",
         .inputs = {"wt"},
         .outputs = {"w"},
         .attributes = {{"perm", std::vector<std::int64_t>{1, 0, 2, 3}}}});
  }
  builder.add_node(
      {.name = "db",
       .op_type = "DequantizeLinear",
       .inputs = {"b_codes", "b_scale"},
       .outputs = {"b"},
       .attributes = {{"axis", std::int64_t{0}}}});
  builder.add_node(
      {.name = "conv",
       .op_type = "Conv",
       .inputs = {"x", "w", "b"},
       .outputs = {"c"}});
  builder.add_node(
      {.name = "relu", .op_type = "Relu", .inputs = {"c"}, .outputs = {"r"}});
  builder.add_node(
      {.name = "q2",
       .op_type = "QuantizeLinear",
       .inputs = {"r", "y_scale", "y_zero"},
       .outputs = {"yq"}});
  builder.add_node(
      {.name = "d2",
       .op_type = "DequantizeLinear",
       .inputs = {"yq", "y_scale_back", "y_zero"},
       .outputs = {"scores"}});
  builder.add_output("scores");
  if (given.has_second_quantizer) {
    builder.add_constant("z_scale", Constant::scalar<float>(0.5F));
    builder.add_node(
        {.name = "q3",
         .op_type = "QuantizeLinear",
         .inputs = {"r", "z_scale", "y_zero"},
         .outputs = {"zq"}});
    builder.add_node(
        {.name = "d3",
         .op_type = "DequantizeLinear",
         .inputs = {"zq", "z_scale", "y_zero"},
         .outputs = {"other"}});
    builder.add_output("other");
  }
  return std::move(builder).build();
}

TEST(ReadQuantized, FindsTheIntegersOfOthers) {
  const QuantizedNetwork network = take_quantizers_out(qdq_network());

  EXPECT_TRUE(network.float_layers.empty());
  ASSERT_EQ(network.model.layers.size(), 1U);
  const QuantizedLayer& layer = network.model.layers.front();
  EXPECT_EQ(layer.name, "conv");
  const std::vector<float> scales{0.01F, 0.02F, 0.03F};
  for (std::size_t i = 0; i < 6; ++i) {
    const std::size_t channel = i / 2;
    const float actual =
        static_cast<float>(
            layer.weight.codes[i] - layer.weight.zero_points[channel]) *
        layer.weight.scales[channel];
    EXPECT_FLOAT_EQ(
        actual, (static_cast<float>(i) * 40 - 100) * scales[channel]);
  }
  ASSERT_EQ(layer.bias.size(), 3U);
  EXPECT_FLOAT_EQ(layer.bias[1], -6 * 4e-4F);

  ASSERT_EQ(network.model.activations.size(), 2U);
  EXPECT_EQ(network.model.activations[0].value, "image");
  EXPECT_EQ(network.model.activations[0].parameters.zero_point, 7);
  EXPECT_FLOAT_EQ(network.model.activations[1].parameters.scale, 0.05F);
  EXPECT_TRUE(network.model.activations[1].grid.is_signed);
  for (const Node& node : network.graph.nodes()) {
    EXPECT_EQ(node.op_type.find("Quantize"), std::string::npos);
    EXPECT_EQ(node.op_type.find("Dequantize"), std::string::npos);
  }
  EXPECT_EQ(
      network.graph.value(network.graph.outputs().front()).name, "scores");
}

TEST(ReadQuantized, LeavesWeightsWithScalesOfInputsInFloat) {
  const QuantizedNetwork network =
      take_quantizers_out(qdq_network({.weight_axis = 1}));

  EXPECT_EQ(network.float_layers, std::vector<std::string>{"conv"});
  EXPECT_TRUE(network.model.layers.empty());
  EXPECT_EQ(network.model.activations.size(), 2U);
}

TEST(ReadQuantized, LeavesWeightsBehindOtherOperatorsInFloat) {
  const QuantizedNetwork network =
      take_quantizers_out(qdq_network({.is_transposed = true}));

  EXPECT_TRUE(network.model.layers.empty());
}

TEST(ReadQuantized, RefusesActivationsThatItCannotState) {
  const auto read = [](const Variation& given) {
    static_cast<void>(take_quantizers_out(qdq_network(given)));
  };
  expect_error(ErrorCode::Unsupported, "'r': nodes 'q2' and 'd2'", [&] {
    read({.second_scale = 0.06F});
  });
  expect_error(ErrorCode::Unsupported, "'image'", [&] {
    read({.input_scales = {0.02F, 0.03F}});
  });
  expect_error(ErrorCode::Unsupported, "quantized in two ways", [&] {
    read({.has_second_quantizer = true});
  });
}

}  // namespace
}  // namespace ompq
