// SPDX-License-Identifier: MIT
#include "ompq/export/packed_graph.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "ompq/export/integer_biases.h"
#include "ompq/export/read_quantized.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/graph/shape_inference.h"

#include "tests/cli/small_network.h"
#include "tests/export/grouped_network.h"
#include "tests/export/real_weights.h"
#include "tests/quantization/quantize_plainly.h"

namespace ompq {
namespace {

constexpr OnnxWriteOptions kSmallest{
    .inner_values = false, .quantizer_names = false};

Graph network() {
  return infer_shapes(small_network());
}

std::string packed_bytes(const Graph& graph, const QuantizedModel& model) {
  return serialize_onnx(to_packed_graph(graph, model), kSmallest);
}

Graph read_back(const std::string& bytes) {
  return canonicalize(parse_onnx(bytes, {}, "packed"));
}

TEST(PackedGraph, HoldsEveryWidthExactly) {
  for (int bits = 1; bits <= 16; ++bits) {
    for (const bool is_signed : {false, true}) {
      const QuantizedModel model = quantize_plainly(
          network(), {.weights = {.bits = bits, .is_signed = is_signed}});

      const Graph read =
          infer_shapes(read_back(packed_bytes(network(), model)));

      for (const QuantizedLayer& layer : model.layers) {
        EXPECT_EQ(real_weights(read, layer.name), real_weights(layer.weight))
            << bits << " bits, layer " << layer.name;
      }
    }
  }
}

/// Codes that no byte reaches in one step.
TEST(PackedGraph, HoldsZeroPointsAtTheEndsOfTheGrid) {
  for (const int bits : {2, 7, 8}) {
    for (const bool is_signed : {false, true}) {
      QuantizedModel model = quantize_plainly(
          network(), {.weights = {.bits = bits, .is_signed = is_signed}});
      QuantizedWeight& weight = model.layers[0].weight;
      weight.zero_points[0] = static_cast<std::int32_t>(weight.grid.highest());
      weight.zero_points[1] = static_cast<std::int32_t>(weight.grid.lowest());

      const Graph read =
          infer_shapes(read_back(packed_bytes(network(), model)));

      EXPECT_EQ(real_weights(read, "conv1"), real_weights(weight))
          << bits << (is_signed ? " signed" : "");
    }
  }
}

TEST(PackedGraph, HoldsBiasesAsIntegersWhereTheseAreComputed) {
  QuantizedModel model = quantize_plainly(network());
  model.layers[0].bias = std::vector<float>(8, 0.25F);
  const auto type_of_bias = [](const Graph& graph) {
    const Node& layer = graph.node(*graph.find_node("conv1"));
    const Value& bias = graph.value(*layer.input(2));
    return bias.producer ? graph.node(*bias.producer).op_type : "float";
  };

  EXPECT_EQ(
      type_of_bias(to_packed_graph(network(), model)), "DequantizeLinear");
  // Outside of int32.
  model.layers[0].bias[3] = 1e12F;
  EXPECT_EQ(type_of_bias(to_packed_graph(network(), model)), "float");
  model.layers[0].bias[3] = 0.5F;
  model.activations.clear();
  EXPECT_EQ(type_of_bias(to_packed_graph(network(), model)), "float");
}

TEST(PackedGraph, HoldsGroupsThatDoNotDivideTheInputs) {
  for (const std::int64_t size : {2, 4, 6}) {
    const QuantizedModel model =
        quantize_plainly(grouped_network(), {.group_size = size});

    const Graph read =
        infer_shapes(read_back(packed_bytes(grouped_network(), model)));

    for (const QuantizedLayer& layer : model.layers) {
      EXPECT_EQ(real_weights(read, layer.name), real_weights(layer.weight))
          << "groups of " << size << ", layer " << layer.name;
    }
  }
}

TEST(PackedGraph, MeansTheSameWithoutKnowingTheFunctions) {
  const QuantizedModel model =
      quantize_plainly(grouped_network(), {.weights = {7}, .group_size = 2});
  GraphBuilder builder(to_packed_graph(grouped_network(), model));
  // A function of the domain that is not ours: all calls are expanded.
  GraphBuilder body("", 21);
  body.add_input("x", DataType::Undefined, std::nullopt);
  body.add_node({.op_type = "Neg", .inputs = {"x"}, .outputs = {"y"}});
  body.add_output("y");
  builder.add_function(
      {std::string(kPackedDomain),
       "mine",
       std::make_shared<const Graph>(std::move(body).build())});

  const Graph read = infer_shapes(
      read_back(serialize_onnx(std::move(builder).build(), kSmallest)));

  for (const QuantizedLayer& layer : model.layers) {
    EXPECT_EQ(real_weights(read, layer.name), real_weights(layer.weight));
  }
}

TEST(PackedGraph, GivesTheIntegersBack) {
  for (const std::int64_t group : {0, 3}) {
    const QuantizedModel model = quantize_plainly(
        grouped_network(), {.weights = {.bits = 5}, .group_size = group});

    const QuantizedNetwork read =
        take_quantizers_out(read_back(packed_bytes(grouped_network(), model)));

    ASSERT_EQ(read.model.layers.size(), model.layers.size());
    EXPECT_TRUE(read.float_layers.empty());
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
      EXPECT_EQ(read.model.layers[i].name, model.layers[i].name);
      EXPECT_EQ(read.model.layers[i].weight.grid.bits, 5);
      EXPECT_EQ(
          real_weights(read.model.layers[i].weight),
          real_weights(model.layers[i].weight));
    }
    ASSERT_EQ(read.model.activations.size(), model.activations.size());
    for (std::size_t i = 0; i < model.activations.size(); ++i) {
      EXPECT_EQ(read.model.activations[i].value, model.activations[i].value);
      EXPECT_EQ(read.model.activations[i].grid, model.activations[i].grid);
      EXPECT_EQ(
          read.model.activations[i].parameters,
          model.activations[i].parameters);
    }
  }
}

TEST(PackedGraph, GivesNarrowActivationsAndBiasesBack) {
  QuantizedModel model = quantize_plainly(
      network(), {.activations = {.bits = 3}, .activation_zero_point = 2});
  model.layers[0].bias = std::vector<float>(8, 0.25F);
  model.activations.push_back(
      {.value = "scores",
       .grid = {.bits = 6, .is_signed = true},
       .parameters = {.scale = 0.5F, .zero_point = -4}});

  const QuantizedNetwork read =
      take_quantizers_out(read_back(packed_bytes(network(), model)));

  ASSERT_EQ(read.model.activations.size(), model.activations.size());
  for (std::size_t i = 0; i < model.activations.size(); ++i) {
    EXPECT_EQ(read.model.activations[i].value, model.activations[i].value);
    EXPECT_EQ(read.model.activations[i].grid, model.activations[i].grid);
  }
  EXPECT_EQ(
      read.model.layers[0].bias,
      with_integer_biases(network(), model).layers[0].bias);
  EXPECT_NEAR(read.model.layers[0].bias[0], model.layers[0].bias[0], 0.002);
  EXPECT_TRUE(read.model.layers[1].bias.empty());
}

TEST(PackedGraph, IsWrittenTheSameTwice) {
  const QuantizedModel model = quantize_plainly(network());
  const std::string bytes = packed_bytes(network(), model);

  EXPECT_EQ(bytes, packed_bytes(network(), model));
  const QuantizedNetwork read = take_quantizers_out(read_back(bytes));
  EXPECT_EQ(packed_bytes(read.graph, read.model).size(), bytes.size());
}

TEST(PackedGraph, KeepsClearOfNamesInTheGraph) {
  GraphBuilder builder(network());
  builder.add_node(
      {.op_type = "Abs", .inputs = {"scores"}, .outputs = {"w0p0"}});
  builder.add_node({.op_type = "Abs", .inputs = {"w0p0"}, .outputs = {"_a0"}});
  builder.add_output("_a0");
  const Graph graph = infer_shapes(std::move(builder).build());
  const QuantizedModel model = quantize_plainly(graph);

  const Graph read = infer_shapes(read_back(packed_bytes(graph, model)));

  EXPECT_TRUE(read.find_value("w0p0").has_value());
  EXPECT_EQ(real_weights(read, "conv1"), real_weights(model.layers[0].weight));
}

/// What computes a layer's weight.
std::string function_of(const Graph& graph, const std::string& layer) {
  const Value& weight =
      graph.value(*graph.node(*graph.find_node(layer)).input(1));
  return graph.node(*weight.producer).op_type;
}

TEST(PackedGraph, GivesCodesWhereARuntimeTakesIntegers) {
  QuantizedModel model = quantize_plainly(network());
  const Graph graph = to_packed_graph(network(), model);

  // The result of conv3 is not quantized; that of Gemm need not be.
  EXPECT_EQ(function_of(graph, "conv1"), "DequantizeLinear");
  EXPECT_EQ(function_of(graph, "conv2"), "DequantizeLinear");
  EXPECT_EQ(function_of(graph, "conv3"), "Mul");
  EXPECT_EQ(function_of(graph, "fc"), "DequantizeLinear");
  model.activations.clear();
  EXPECT_EQ(function_of(to_packed_graph(network(), model), "conv1"), "Mul");
}

}  // namespace
}  // namespace ompq
