// SPDX-License-Identifier: MIT
#include "ompq/export/fast_graph.h"

#include <gtest/gtest.h>

#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/export/branched_network.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

PlainOptions weights_of(int bits) {
  return {
      .weights = {.bits = bits, .is_signed = false},
      .has_symmetric_weights = bits >= 8};
}

Graph fast(const QuantizedModel& model) {
  return to_fast_graph(branched_network(), model);
}

const Constant& constant(const Graph& graph, const std::string& name) {
  return *graph.value(*graph.find_value(name)).constant;
}

TEST(FastGraph, ComputesWhatTheQdqGraphComputesIfBiasesStayFloat) {
  for (const int bits : {1, 2, 4, 7, 8, 9}) {
    for (const int activation_bits : {2, 5, 8, 11}) {
      for (const bool is_signed : {false, true}) {
        const QuantizedModel model = quantized_branches(
            weights_of(bits),
            {.bits = activation_bits, .is_signed = is_signed});

        const Graph graph = fast(model);

        EXPECT_TRUE(at::equal(
            run_branches(graph),
            run_branches(to_qdq_graph(branched_network(), model))))
            << bits << ", " << activation_bits << is_signed;
      }
    }
  }
}

TEST(FastGraph, RoundsBiasesByHalfAStepAtMost) {
  const QuantizedModel model = with_biases(quantized_branches(weights_of(4)));
  const Graph graph = fast(model);
  for (const QuantizedLayer& layer : model.layers) {
    const Constant& codes = constant(graph, layer.name + "_bias_quantized");
    const Constant& scales = constant(graph, layer.name + "_bias_scale");
    EXPECT_EQ(codes.type(), DataType::Int32);
    for (std::size_t i = 0; i < layer.bias.size(); ++i) {
      const double scale = scales.to_double()[i];
      EXPECT_NEAR(codes.to_double()[i] * scale, layer.bias[i], scale * 0.51);
    }
  }
}

TEST(FastGraph, IsNearTheQdqGraphWithRoundedBiases) {
  // Codes of activations may differ by one step.
  constexpr double kTolerance = 0.03;
  const QuantizedModel model = with_biases(quantized_branches(weights_of(8)));

  const at::Tensor scores = run_branches(fast(model));

  const at::Tensor expected =
      run_branches(to_qdq_graph(branched_network(), model));
  EXPECT_LT(
      (scores - expected).abs().max().item<double>(),
      kTolerance * expected.abs().max().item<double>());
}

TEST(FastGraph, HoldsWeightsInBytesWithOneZeroPoint) {
  const auto type = [](int bits) {
    const Graph graph = fast(quantized_branches(weights_of(bits)));
    if (bits < 9) {
      const double zero = bits < 8 ? 0.0 : 128.0;
      EXPECT_EQ(
          constant(graph, "w2_zero_point").to_double(),
          std::vector<double>(4, zero));
    }
    return constant(graph, "w2_quantized").type();
  };
  EXPECT_EQ(type(2), DataType::Int8);
  EXPECT_EQ(type(6), DataType::Int8);
  EXPECT_EQ(type(8), DataType::UInt8);
  EXPECT_EQ(type(9), DataType::UInt16);
}

TEST(FastGraph, TakesReluAndClipIntoTheGrids) {
  const Graph graph = fast(quantized_branches(weights_of(4)));
  EXPECT_EQ(count_nodes(graph, "Relu"), 0);
  // The grid of f has codes for negative numbers: it shares that of i.
  ASSERT_EQ(count_nodes(graph, "Clip"), 1);
  const auto clip = std::ranges::find(graph.nodes(), "Clip", &Node::op_type);
  EXPECT_EQ(graph.value(*clip->input(0)).name, "f_quantized");
}

TEST(FastGraph, LimitsCodesOfGridsWithFewerOrWider) {
  QuantizedModel model = quantized_branches(weights_of(4), {.bits = 5});
  EXPECT_EQ(count_nodes(fast(model), "Clip"), 7);

  // Relu ends in the middle of the grid, Clip before its end.
  model = quantized_branches(weights_of(4));
  for (QuantizedActivation& activation : model.activations) {
    activation.parameters.zero_point = 100;
  }
  const Graph graph = fast(model);
  EXPECT_EQ(count_nodes(graph, "Clip"), 3);
  EXPECT_EQ(constant(graph, "n_lowest").to_double().front(), 100.0);
  EXPECT_TRUE(at::equal(
      run_branches(graph),
      run_branches(to_qdq_graph(branched_network(), model))));
}

TEST(FastGraph, QuantizesAgainBehindNodesThatKeepNumbers) {
  const Graph graph = fast(quantized_branches(weights_of(4)));
  for (const char* name : {"c", "g", "j", "l"}) {
    const Value& value = graph.value(*graph.find_value(name));
    ASSERT_EQ(value.consumers.size(), 1U) << name;
    EXPECT_EQ(graph.node(value.consumers[0]).op_type, "QuantizeLinear") << name;
  }
  const Node& pad = graph.node(*graph.find_node("pad"));
  EXPECT_EQ(graph.value(*pad.input(0)).type, DataType::UInt8);
  EXPECT_EQ(graph.node(*graph.find_node("hidden")).op_type, "MatMul");
}

TEST(FastGraph, WritesAMatMulWithABiasAsGemm) {
  const Graph graph = fast(with_biases(quantized_branches(weights_of(4))));
  EXPECT_EQ(graph.node(*graph.find_node("hidden")).op_type, "Gemm");
  EXPECT_EQ(count_nodes(graph, "Add"), 1);
}

TEST(FastGraph, ReachesTheBiasOfChannelsWithoutWeights) {
  QuantizedModel model = with_biases(quantized_branches(weights_of(4)));
  QuantizedWeight& weight = model.layers[1].weight;
  const std::size_t row = weight.codes.size() / 4;
  std::fill_n(weight.codes.begin(), row, weight.zero_points[0]);
  weight.scales[0] = 1.0F;

  const Graph graph = fast(model);

  EXPECT_NEAR(
      constant(graph, "second_bias_quantized").to_double()[0] *
          constant(graph, "second_bias_scale").to_double()[0],
      model.layers[1].bias[0],
      1e-6);
}

TEST(FastGraph, ReachesTheBiasOfChannelsWithTinyWeights) {
  QuantizedModel model = with_biases(quantized_branches(weights_of(4)));
  model.layers[1].weight.scales[2] = 1e-12F;
  const Graph graph = fast(model);
  EXPECT_NEAR(
      constant(graph, "second_bias_quantized").to_double()[2] *
          constant(graph, "second_bias_scale").to_double()[2],
      model.layers[1].bias[2],
      1e-6);
}

TEST(FastGraph, RoundsTheBiasesOfTheFloatGraph) {
  const Graph graph =
      to_fast_graph(branched_network(true), quantized_branches(weights_of(4)));
  for (const char* name : {"first", "last"}) {
    const Node& node = graph.node(*graph.find_node(name));
    const Node& bias = graph.node(*graph.value(*node.input(2)).producer);
    EXPECT_EQ(graph.value(*bias.input(0)).type, DataType::Int32);
  }
}

TEST(FastGraph, IsTheSameAfterWritingAndLoading) {
  const Graph graph =
      fast(with_biases(quantized_branches(weights_of(8), {.bits = 6})));
  const TempDir folder;
  write_onnx(graph, folder.path() / "net.onnx");

  const Graph read = load_model(folder.path() / "net.onnx").graph;

  EXPECT_TRUE(at::equal(run_branches(read), run_branches(graph)));
}

TEST(FastGraph, KeepsAwayFromNamesThatExist) {
  GraphBuilder builder(branched_network());
  builder.replace_node(
      "add", {{"add", "", "Add", {"c", "d"}, {"second_bias_scale"}, {}}});
  builder.replace_uses("e", "second_bias_scale");
  builder.replace_node(
      "flatten", {{"flatten", "", "Flatten", {"k"}, {"k_quantized"}, {}}});
  builder.replace_uses("l", "k_quantized");
  const Graph graph = infer_shapes(std::move(builder).build());
  QuantizedModel model = quantize_plainly(graph, weights_of(4));
  model.activations = calibrate_plainly(graph, {});

  EXPECT_TRUE(at::equal(
      run_branches(to_fast_graph(graph, model)),
      run_branches(to_qdq_graph(graph, model))));
}

TEST(FastGraph, RefusesWhatDoesNotFitTheNetwork) {
  const auto refuses = [](ErrorCode code, const char* part, auto change) {
    QuantizedModel model = with_biases(quantized_branches(weights_of(4)));
    change(model);
    expect_error(code, part, [&] { static_cast<void>(fast(model)); });
  };
  using Model = QuantizedModel;
  refuses(ErrorCode::InvalidArgument, "'nobody'", [](Model& model) {
    model.layers[0].name = "nobody";
  });
  refuses(ErrorCode::InvalidArgument, "'w1'", [](Model& model) {
    model.activations[0].value = "w1";
  });
  refuses(ErrorCode::InvalidArgument, "twice", [](Model& model) {
    model.activations.push_back(model.activations[0]);
  });
  refuses(ErrorCode::ShapeMismatch, "'second'", [](Model& model) {
    model.layers[1].weight.codes.pop_back();
  });
  refuses(ErrorCode::ShapeMismatch, "'second'", [](Model& model) {
    model.layers[1].bias.pop_back();
  });
  refuses(ErrorCode::InvalidData, "scale 0", [](Model& model) {
    model.activations[1].parameters.scale = 0.0F;
  });
}

}  // namespace
}  // namespace ompq
