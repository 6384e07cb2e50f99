// SPDX-License-Identifier: MIT
#include "ompq/export/integer_biases.h"

#include <string>
#include <utility>
#include <vector>

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

/// image -> first -> second -> third, convolutions with the same weight.
Graph network() {
  GraphBuilder builder("shared");
  builder.add_input("image", DataType::Float32, {{{-1, "N"}, {4}, {6}, {6}}});
  std::vector<float> weight(16, 0.125F);
  weight[5] = -1.0F;
  builder.add_constant("weight", Constant::from(weight, {4, 4, 1, 1}));
  std::string input = "image";
  for (const std::string name : {"first", "second", "third"}) {
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
  for (const std::string& value : results) {
    model.activations.push_back(
        {.value = value,
         .grid = {.bits = 8},
         .parameters = {.scale = 0.03F, .zero_point = 128}});
  }
  for (QuantizedLayer& layer : model.layers) {
    layer.bias = {0.31F, -0.2F, 0.77F, 0.123F};
  }
  return model;
}

/// What is expected of a packed file is what is in it, also where a weight is
/// that of a layer on integers and of one that is not.
TEST(IntegerBiases, AreThoseOfThePackedFile) {
  const std::vector<std::vector<std::string>> cases{
      {"image", "first_result", "second_result", "third_result"},
      {"image", "first_result"},
      {"first_result", "second_result"},
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

TEST(IntegerBiases, AreMultiplesWhereIntegersAreComputed) {
  const QuantizedModel model = quantized({"image", "first_result"});

  const QuantizedModel rounded = with_integer_biases(network(), model);

  EXPECT_NE(rounded.layers[0].bias, model.layers[0].bias);
  EXPECT_EQ(rounded.layers[1].bias, model.layers[1].bias);
}

}  // namespace
}  // namespace ompq
