// SPDX-License-Identifier: MIT
#include "ompq/export/compact_graph.h"

#include <gtest/gtest.h>

#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/export/branched_network.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

constexpr int kWidths[] = {1, 2, 3, 4, 5, 8, 12};

QuantizedModel quantized(int bits, bool is_signed, std::int64_t group_size) {
  return with_biases(quantized_branches(
      {.weights = {.bits = bits, .is_signed = is_signed},
       .group_size = group_size}));
}

/// Type of the constant that holds a weight.
DataType type_of_weight(const Graph& graph, const std::string& weight) {
  return graph.value(*graph.find_value(weight + "_quantized")).type;
}

TEST(CompactGraph, ComputesWhatTheQdqGraphComputes) {
  for (const int bits : kWidths) {
    for (const bool is_signed : {false, true}) {
      for (const std::int64_t group_size : {0, 2}) {
        const QuantizedModel model = quantized(bits, is_signed, group_size);

        const Graph graph = to_compact_graph(branched_network(), model);

        EXPECT_TRUE(at::equal(
            run_branches(infer_shapes(graph)),
            run_branches(to_qdq_graph(branched_network(), model))))
            << bits << (is_signed ? " signed " : " ") << group_size;
      }
    }
  }
}

TEST(CompactGraph, HoldsWeightsInTheSmallestType) {
  const auto type = [](int bits, bool is_signed, const char* weight) {
    QuantizedModel model = quantized(bits, is_signed, 0);
    // Integer kernels want bytes, see below.
    model.activations.clear();
    return type_of_weight(to_compact_graph(branched_network(), model), weight);
  };
  for (const char* weight : {"w2", "w5"}) {
    EXPECT_EQ(type(1, false, weight), DataType::UInt2);
    EXPECT_EQ(type(2, false, weight), DataType::UInt2);
    EXPECT_EQ(type(4, false, weight), DataType::UInt4);
    EXPECT_EQ(type(8, true, weight), DataType::Int8);
    EXPECT_EQ(type(9, false, weight), DataType::UInt16);
  }
  EXPECT_EQ(type(2, true, "w5"), DataType::Int2);
  EXPECT_EQ(type(3, true, "w5"), DataType::Int4);
  EXPECT_EQ(type(5, false, "w5"), DataType::UInt8);
}

/// Codes of one byte and one zero point, as integer kernels want them.
TEST(CompactGraph, GivesBytesBetweenQuantizedValues) {
  for (const int bits : {1, 2, 3, 4, 5}) {
    const Graph graph =
        to_compact_graph(branched_network(), quantized(bits, false, 0));
    const Node& layer = graph.node(*graph.find_node("second"));
    const Node& dequantizer =
        graph.node(*graph.value(*layer.input(1)).producer);
    ASSERT_EQ(dequantizer.op_type, "DequantizeLinear");
    const DataType type = graph.value(*dequantizer.input(0)).type;
    EXPECT_TRUE(type == DataType::Int8 || type == DataType::UInt8) << bits;
    const auto zeros = graph.constant_input(dequantizer, 2)->to_int64();
    EXPECT_EQ(std::ranges::count(zeros, zeros.front()), std::ssize(zeros));
    const bool is_computed =
        graph.value(*dequantizer.input(0)).producer.has_value();
    EXPECT_EQ(is_computed, bits <= 4) << bits;
  }
}

TEST(CompactGraph, NeedsOperatorSet25ForTwoBitsOnly) {
  const auto opset = [](int bits) {
    return to_compact_graph(branched_network(), quantized(bits, false, 0))
        .opset();
  };
  EXPECT_EQ(opset(2), 25);
  EXPECT_EQ(opset(3), 21);
  EXPECT_EQ(opset(8), 21);
}

TEST(CompactGraph, IsTheSameAfterWritingAndLoading) {
  for (const int bits : kWidths) {
    const Graph graph =
        to_compact_graph(branched_network(), quantized(bits, false, 2));
    const TempDir folder;
    write_onnx(graph, folder.path() / "net.onnx");

    const Graph read = load_model(folder.path() / "net.onnx").graph;

    EXPECT_TRUE(at::equal(run_branches(read), run_branches(graph))) << bits;
  }
}

TEST(CompactGraph, KeepsAwayFromNamesThatExist) {
  GraphBuilder builder(branched_network());
  builder.replace_node(
      "clip",
      {{"clip", "", "Clip", {"a", "low", "high"}, {"w2_quantized"}, {}}});
  builder.replace_uses("b", "w2_quantized");
  const Graph graph = infer_shapes(std::move(builder).build());
  const QuantizedModel model = quantize_plainly(graph);

  EXPECT_TRUE(at::equal(
      run_branches(to_compact_graph(graph, model)),
      run_branches(to_qdq_graph(graph, model))));
}

TEST(CompactGraph, RefusesWhatDoesNotFitTheNetwork) {
  const auto refuses = [](ErrorCode code, const char* part, auto change) {
    QuantizedModel model = quantized(2, false, 0);
    change(model);
    expect_error(code, part, [&] {
      static_cast<void>(to_compact_graph(branched_network(), model));
    });
  };
  refuses(ErrorCode::InvalidArgument, "'relu'", [](QuantizedModel& model) {
    model.layers[0].name = "relu";
  });
  refuses(ErrorCode::InvalidData, "code 4", [](QuantizedModel& model) {
    model.layers[1].weight.codes[2] = 4;
  });
  refuses(ErrorCode::Unsupported, "17 bits", [](QuantizedModel& model) {
    model.layers[0].weight.grid.bits = 17;
  });
}

}  // namespace
}  // namespace ompq
