// SPDX-License-Identifier: MIT
#include "ompq/export/qonnx_graph.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "ompq/export/real_weight.h"
#include "ompq/graph/canonical.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/export/same_outputs.h"
#include "tests/export/small_networks.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

const Node& quantizer_of(const Graph& graph, const std::string& value) {
  return graph.node(*graph.value(*graph.find_value(value)).producer);
}

TEST(QonnxGraph, ComputesWhatTheQdqGraphComputes) {
  for (const int bits : {1, 2, 3, 4, 6, 8, 11, 16}) {
    for (const bool is_signed : {false, true}) {
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
      for (const int zero : {0, grid.steps() / 2, grid.steps() / 3}) {
        const QuantizedModel model = quantized_every_layer(
            {.weights = grid,
             .activations = grid,
             .activation_scale = 3.0F / static_cast<float>(grid.steps()),
             .activation_zero_point = grid.lowest() + zero});
        SCOPED_TRACE(fmt::format("{} {} {}", bits, is_signed, zero));
        expect_same_outputs(
            written_and_read(to_qonnx_graph(every_layer(), model)),
            written_and_read(to_qdq_graph(every_layer(), model)));
      }
    }
  }
}

TEST(QonnxGraph, HoldsGroups) {
  for (const std::int64_t size : {1, 2, 3}) {
    const QuantizedModel model = quantized_every_layer({.group_size = size});
    expect_same_outputs(
        written_and_read(to_qonnx_graph(every_layer(), model)),
        written_and_read(to_qdq_graph(every_layer(), model)));
  }
}

/// Every code of every width, at scales near the ends of float32: what a weight
/// stands for, divided by its scale and rounded, is the code.
TEST(QonnxGraph, GivesEveryCodeBack) {
  for (const int bits : {1, 2, 3, 5, 8, 12, 16}) {
    const IntegerGrid grid{.bits = bits, .is_signed = false};
    for (const float scale :
         {1e-44F, 1e-38F, 1.17e-7F, 0.037F, 1.0F / 3.0F, 0.1F, 777.7F, 1e33F}) {
      for (const int zero : {0, grid.steps() / 3, grid.highest()}) {
        QuantizedWeight weight{
            .grid = grid,
            .codes = {},
            .shape = {1, grid.highest() + 1},
            .scales = {scale},
            .zero_points = {zero}};
        for (int code = 0; code <= grid.highest(); ++code) {
          weight.codes.push_back(code);
        }
        const Constant reals = detail::real_weight(weight, "layer");
        const auto x = reals.elements<float>();
        for (int code = 0; code <= grid.highest(); ++code) {
          const float real = x[static_cast<std::size_t>(code)];
          const float found =
              std::nearbyint(real / scale + static_cast<float>(zero));
          ASSERT_EQ(found, static_cast<float>(code)) << bits << " " << scale;
          ASSERT_EQ((found - static_cast<float>(zero)) * scale, real);
        }
      }
    }
  }
}

TEST(QonnxGraph, StatesAGridWithZeroPointZeroWhereThereIsOne) {
  const auto stated = [](const IntegerGrid& grid, int zero) {
    const QuantizedModel model = quantized_every_layer(
        {.activations = grid, .activation_zero_point = zero});
    const Graph graph = to_qonnx_graph(every_layer(), model);
    const Node& node = quantizer_of(graph, "b_dequantized");
    return std::pair{
        node.integer("signed", -1),
        graph.constant_input(node, 2)->to_double().front()};
  };
  EXPECT_EQ(stated({.bits = 4, .is_signed = false}, 8), std::pair(1L, 0.0));
  EXPECT_EQ(stated({.bits = 4, .is_signed = true}, -8), std::pair(0L, 0.0));
  EXPECT_EQ(stated({.bits = 4, .is_signed = false}, 0), std::pair(0L, 0.0));
  EXPECT_EQ(stated({.bits = 4, .is_signed = false}, 7), std::pair(0L, 7.0));
  EXPECT_EQ(stated({.bits = 1, .is_signed = true}, 0), std::pair(0L, 1.0));
  EXPECT_EQ(stated({.bits = 1, .is_signed = false}, 1), std::pair(0L, 1.0));
}

TEST(QonnxGraph, HasScalesOfTheRankOfTheWeight) {
  const Graph graph =
      to_qonnx_graph(every_layer(), quantized_every_layer({.group_size = 2}));
  const auto scales = [&](const char* value) {
    return graph.constant_input(quantizer_of(graph, value), 1)->shape();
  };
  EXPECT_EQ(scales("w1_quantized"), (Shape{4, 1, 1, 1}));
  EXPECT_EQ(scales("w3_quantized"), (Shape{1, 3, 1, 1}));
  EXPECT_EQ(scales("w4_quantized"), (Shape{3, 4}));
  EXPECT_EQ(scales("w5_quantized"), (Shape{3, 4}));
}

TEST(QonnxGraph, NamesAndTypesEveryNewValue) {
  const Graph graph = to_qonnx_graph(every_layer(), quantized_every_layer());
  for (const Value& value : graph.values()) {
    EXPECT_EQ(value.type, DataType::Float32) << value.name;
    EXPECT_TRUE(value.shape.has_value()) << value.name;
  }
  EXPECT_TRUE(graph.find_value("b_dequantized").has_value());
  EXPECT_EQ(graph.value(graph.outputs().front()).name, "scores");
}

TEST(QonnxGraph, IsReadAsTheSameIntegers) {
  const QuantizedModel model = quantized_every_layer();
  const Graph graph = canonicalize(to_qonnx_graph(every_layer(), model));
  const Node& layer = graph.node(*graph.find_node("first"));
  const Node& node = graph.node(*graph.value(*layer.input(1)).producer);

  EXPECT_EQ(node.op_type, "DequantizeLinear");
  const std::vector<std::int32_t>& codes = model.layers[0].weight.codes;
  EXPECT_EQ(
      graph.constant_input(node, 0)->to_int64(),
      std::vector<std::int64_t>(codes.begin(), codes.end()));
}

TEST(QonnxGraph, RefusesNumbersThatFloat32DoesNotHold) {
  QuantizedModel model = quantized_every_layer();
  model.layers[0].weight.scales[0] = 3e38F;
  expect_error(ErrorCode::InvalidData, "'first'", [&] {
    static_cast<void>(to_qonnx_graph(every_layer(), model));
  });
  model.layers[0].weight.scales[0] = 0.0F;
  expect_error(ErrorCode::InvalidData, "scale", [&] {
    static_cast<void>(to_qonnx_graph(every_layer(), model));
  });
}

}  // namespace
}  // namespace ompq
