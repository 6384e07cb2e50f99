// SPDX-License-Identifier: MIT
#include "ompq/export/integer_biases.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ompq/export/packed_graph.h"
#include "ompq/export/read_quantized.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/shape_inference.h"

#include "tests/quantization/quantize_plainly.h"

namespace ompq {
namespace {

constexpr int kConvolutions = 9;

/// image -> conv0 -> conv1 -> ..., convolutions with the same weight.
Graph network() {
  GraphBuilder builder("shared");
  builder.add_input("image", DataType::Float32, {{{-1, "N"}, {4}, {6}, {6}}});
  std::vector<float> weight(16, 0.125F);
  weight[5] = -1.0F;
  builder.add_constant("weight", Constant::from(weight, {4, 4, 1, 1}));
  std::string input = "image";
  for (int i = 0; i < kConvolutions; ++i) {
    const std::string name = fmt::format("conv{}", i);
    builder.add_node(
        {.name = name,
         .op_type = "Conv",
         .inputs = {input, "weight"},
         .outputs = {name + "_result"}});
    input = name + "_result";
  }
  builder.add_output(input);
  return infer_shapes(std::move(builder).build());
}

/// The results that are named are quantized, and the image.
QuantizedModel quantized(const std::vector<std::string>& results) {
  QuantizedModel model =
      quantize_plainly(network(), {.activation_scale = 0.0F});
  model.activations.clear();
  float scale = 0.03F;
  for (const std::string& value : results) {
    model.activations.push_back(
        {.value = value,
         .grid = {.bits = 8},
         .parameters = {.scale = scale, .zero_point = 128}});
    scale += 0.004F;
  }
  for (QuantizedLayer& layer : model.layers) {
    layer.bias = {0.31F, -0.2F, 0.77F, 0.123F};
  }
  return model;
}

std::vector<std::string> all_results() {
  std::vector<std::string> results{"image"};
  for (int i = 0; i < kConvolutions; ++i) {
    results.push_back(fmt::format("conv{}_result", i));
  }
  return results;
}

/// What is expected of a packed file is what is in it, also where a weight is
/// that of a layer on integers and of one that is not.
TEST(IntegerBiases, AreThoseOfThePackedFile) {
  const std::vector<std::vector<std::string>> cases{
      all_results(),
      {"image", "conv0_result"},
      {"conv0_result", "conv1_result"},
      {}};
  for (const std::vector<std::string>& results : cases) {
    const QuantizedModel model = quantized(results);

    const QuantizedModel expected = with_integer_biases(network(), model);
    const QuantizedNetwork read = take_quantizers_out(canonicalize(parse_onnx(
        serialize_onnx(to_packed_graph(network(), model), {}), {}, "packed")));

    ASSERT_EQ(read.model.layers.size(), expected.layers.size());
    for (std::size_t i = 0; i < expected.layers.size(); ++i) {
      EXPECT_EQ(read.model.layers[i].bias, expected.layers[i].bias)
          << results.size() << " quantized, " << expected.layers[i].name;
    }
  }
}

/// A runtime folds one node and not one for each layer.
TEST(IntegerBiases, GetTheirScalesTogether) {
  const Graph graph = to_packed_graph(network(), quantized(all_results()));

  const auto products =
      std::ranges::count(graph.nodes(), std::string("Mul"), &Node::op_type);

  EXPECT_EQ(products, 1);
}

using Inputs = std::map<std::string, std::string>;

TEST(IntegerBiases, HaveTheScalesOfWhatTheirLayersRead) {
  EXPECT_EQ(
      find_integer_bias_inputs(
          network(), quantized({"image", "conv0_result", "conv1_result"})),
      (Inputs{{"conv0", "image"}, {"conv1", "conv0_result"}}));
  EXPECT_EQ(
      find_integer_bias_inputs(network(), quantized({"conv0_result"})),
      Inputs{});
}

TEST(IntegerBiases, AreNotOfLayersWithScalesByGroup) {
  QuantizedModel model = quantized(all_results());
  QuantizedWeight& weight = model.layers[0].weight;
  weight.group_size = 2;
  weight.scales.assign(8, 0.01F);
  weight.zero_points.assign(8, 0);

  const Inputs found = find_integer_bias_inputs(network(), model);

  EXPECT_FALSE(found.contains("conv0"));
  EXPECT_TRUE(found.contains("conv1"));
}

TEST(IntegerBiases, HaveTheScaleOfAValueBehindItsCopy) {
  GraphBuilder builder(network());
  builder.add_node(
      {.name = "pool",
       .op_type = "MaxPool",
       .inputs = {"conv0_result"},
       .outputs = {"pooled"},
       .attributes = {{"kernel_shape", std::vector<std::int64_t>{2, 2}}}});
  builder.replace_node(
      "conv1",
      {{.name = "conv1",
        .op_type = "Conv",
        .inputs = {"pooled", "weight"},
        .outputs = {"conv1_result"}}});

  EXPECT_EQ(
      find_integer_bias_inputs(
          infer_shapes(std::move(builder).build()),
          quantized({"conv0_result", "conv1_result"})),
      (Inputs{{"conv1", "conv0_result"}}));
}

TEST(IntegerBiases, AreMultiplesWhereIntegersAreComputed) {
  const QuantizedModel model = quantized({"image", "conv0_result"});

  const QuantizedModel rounded = with_integer_biases(network(), model);

  EXPECT_NE(rounded.layers[0].bias, model.layers[0].bias);
  EXPECT_EQ(rounded.layers[1].bias, model.layers[1].bias);
}

}  // namespace
}  // namespace ompq
