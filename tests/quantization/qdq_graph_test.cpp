// SPDX-License-Identifier: MIT
#include "ompq/quantization/qdq_graph.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/graph/shape_inference.h"

#include "tests/quantization/quantize_plainly.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

Constant weights(const Shape& shape, unsigned seed) {
  std::vector<float> elements(static_cast<std::size_t>(element_count(shape)));
  unsigned state = seed * 2654435761U + 1;
  for (float& element : elements) {
    state = state * 1664525U + 1013904223U;
    element = static_cast<float>(state >> 8U) / 16777216.0F - 0.4F;
  }
  return Constant::from<float>(elements, shape);
}

/// image -> first (Conv) -> Relu -> second (Conv with bias) -> mean over the
/// picture -> third (MatMul [6, 4]) -> fourth (Gemm [4, 3]) -> scores.
Graph four_layers() {
  GraphBuilder builder("four", 21);
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {2, ""}, {5, ""}, {5, ""}});
  builder.add_constant("w1", weights({4, 2, 3, 3}, 1));
  builder.add_constant("w2", weights({6, 4, 1, 1}, 2));
  builder.add_constant("b2", weights({6}, 3));
  builder.add_constant("w3", weights({6, 4}, 4));
  builder.add_constant("w4", weights({4, 3}, 5));
  const std::vector<NodeSpec> nodes{
      {"first", "", "Conv", {"image", "w1"}, {"x"}, {}},
      {"relu", "", "Relu", {"x"}, {"y"}, {}},
      {"second", "", "Conv", {"y", "w2", "b2"}, {"z"}, {}},
      {"pool", "", "GlobalAveragePool", {"z"}, {"mean"}, {}},
      {"flatten", "", "Flatten", {"mean"}, {"flat"}, {}},
      {"third", "", "MatMul", {"flat", "w3"}, {"hidden"}, {}},
      {"fourth", "", "Gemm", {"hidden", "w4"}, {"scores"}, {}}};
  for (const NodeSpec& node : nodes) {
    builder.add_node(node);
  }
  builder.add_output("scores");
  return infer_shapes(std::move(builder).build());
}

at::Tensor run(const Graph& graph, const at::Tensor& input, bool fuse = false) {
  return Network(graph, {.fuse = fuse}).run({{input.clone()}})[0][0];
}

at::Tensor picture() {
  return at::arange(3 * 2 * 25, at::kFloat).reshape({3, 2, 5, 5}) / 75 - 0.7;
}

/// The weight by its definition.
at::Tensor dequantized(const QuantizedWeight& weight) {
  at::Tensor result = at::empty(weight.shape);
  const at::Tensor flat = result.view({-1});
  const auto groups = static_cast<std::int64_t>(weight.scales.size()) /
                      weight.shape[weight.axis];
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    std::int64_t rest = i;
    std::vector<std::int64_t> at(weight.shape.size());
    for (std::size_t axis = at.size(); axis-- > 0;) {
      at[axis] = rest % weight.shape[axis];
      rest /= weight.shape[axis];
    }
    const std::int64_t block =
        weight.group_size > 0 ? at[weight.group_axis] / weight.group_size : 0;
    const auto g = static_cast<std::size_t>(at[weight.axis] * groups + block);
    flat[i] = static_cast<float>(weight.codes[i] - weight.zero_points[g]) *
              weight.scales[g];
  }
  return result;
}

/// An activation by its definition.
at::Tensor quantized(const QuantizedActivation& activation, at::Tensor x) {
  const auto& [scale, zero] = activation.parameters;
  const at::Tensor codes =
      (at::round(x / scale) + zero)
          .clamp(activation.grid.lowest(), activation.grid.highest());
  return (codes - zero) * scale;
}

/// four_layers() quantized, computed from the formulas.
at::Tensor expected_scores(const QuantizedModel& model, at::Tensor x) {
  const auto on_grid = [&](const std::string& value, const at::Tensor& y) {
    for (const QuantizedActivation& activation : model.activations) {
      if (activation.value == value) {
        return quantized(activation, y);
      }
    }
    return y;
  };
  const auto weight = [&](std::size_t layer) {
    return dequantized(model.layers[layer].weight);
  };
  const auto bias = [&](std::size_t layer) {
    return at::tensor(model.layers[layer].bias);
  };
  x = on_grid("image", x);
  x = on_grid("y", at::relu(at::conv2d(x, weight(0), bias(0))));
  x = at::conv2d(x, weight(1), bias(1)).mean({2, 3});
  x = on_grid("flat", x);
  x = on_grid("hidden", at::matmul(x, weight(2)) + bias(2));
  return on_grid("scores", at::matmul(x, weight(3)) + bias(3));
}

/// four_layers() quantized, every layer with a bias, the scores as well.
QuantizedModel quantized_four_layers(const PlainOptions& options = {}) {
  QuantizedModel model = quantize_plainly(four_layers(), options);
  for (QuantizedLayer& layer : model.layers) {
    const std::size_t channels = layer.weight.shape[layer.weight.axis];
    for (std::size_t i = 0; i < channels; ++i) {
      layer.bias.push_back(0.1F * static_cast<float>(i) - 0.2F);
    }
  }
  model.activations.push_back(
      {.value = "scores",
       .grid = {.bits = 5, .is_signed = true},
       .parameters = {.scale = 0.11F, .zero_point = -3}});
  return model;
}

TEST(QdqGraph, ComputesWhatTheFormulasSay) {
  for (const int bits : {1, 2, 4, 7, 8, 16}) {
    for (const bool is_signed : {false, true}) {
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
      const QuantizedModel model = quantized_four_layers(
          {.weights = grid,
           .activations = grid,
           .activation_scale = 3.0F / static_cast<float>(grid.steps()),
           .activation_zero_point = grid.lowest() + grid.steps() / 3});
      const Graph graph = to_qdq_graph(four_layers(), model);
      EXPECT_TRUE(
          tensor_near(run(graph, picture()), expected_scores(model, picture())))
          << bits << (is_signed ? " signed" : "");
    }
  }
}

TEST(QdqGraph, HoldsGroupsThatDoNotDivideTheInputs) {
  const QuantizedModel model = quantized_four_layers({.group_size = 4});
  ASSERT_EQ(model.layers[2].weight.scales.size(), 4U * 2U);

  const Graph graph = to_qdq_graph(four_layers(), model);

  EXPECT_TRUE(
      tensor_near(run(graph, picture()), expected_scores(model, picture())));
}

TEST(QdqGraph, IsTheSameAfterWritingAndLoading) {
  for (const int bits : {3, 8, 12}) {
    const IntegerGrid grid{.bits = bits, .is_signed = false};
    const Graph graph = to_qdq_graph(
        four_layers(),
        quantized_four_layers(
            {.weights = grid,
             .group_size = 3,
             .activations = grid,
             .activation_scale = 3.0F / static_cast<float>(grid.steps()),
             .activation_zero_point = 2}));
    const TempDir folder;
    write_onnx(graph, folder.path() / "net.onnx");

    const Graph read = load_model(folder.path() / "net.onnx").graph;

    EXPECT_TRUE(at::equal(run(read, picture()), run(graph, picture())));
  }
}

TEST(QdqGraph, KeepsFloatBiasesAndFloatActivationsThatAreNotNamed) {
  const QuantizedModel model =
      quantize_plainly(four_layers(), {.activation_scale = 0.0F});
  const Graph graph = to_qdq_graph(four_layers(), model);

  const Node& second = graph.node(*graph.find_node("second"));
  EXPECT_EQ(
      graph.constant_input(second, 2)->to_double(),
      weights({6}, 3).to_double());
  for (const Node& node : graph.nodes()) {
    EXPECT_NE(node.op_type, "QuantizeLinear");
  }
}

TEST(QdqGraph, NamesAndTypesEveryNewValue) {
  const Graph graph = to_qdq_graph(four_layers(), quantized_four_layers());
  for (const char* name :
       {"w1_quantized",
        "w1_scale",
        "w1_zero_point",
        "w1_dequantized",
        "y_quantized",
        "y_dequantized",
        "scores",
        "scores_clipped"}) {
    EXPECT_TRUE(graph.find_value(name).has_value()) << name;
  }
  for (const Value& value : graph.values()) {
    EXPECT_NE(value.type, DataType::Undefined) << value.name;
    EXPECT_TRUE(value.shape.has_value()) << value.name;
  }
  EXPECT_EQ(graph.value(graph.outputs().front()).name, "scores");
}

TEST(QdqGraph, ClipsOnlyWhereTheGridIsNarrowerThanItsContainer) {
  const auto clips = [](int bits) {
    int count = 0;
    const Graph graph = to_qdq_graph(
        four_layers(),
        quantize_plainly(four_layers(), {.activations = {.bits = bits}}));
    for (const Node& node : graph.nodes()) {
      count += node.op_type == "Clip" ? 1 : 0;
    }
    return count;
  };
  EXPECT_EQ(clips(8), 0);
  EXPECT_EQ(clips(16), 0);
  EXPECT_EQ(clips(5), 4);
  EXPECT_EQ(clips(9), 4);
}

TEST(QdqGraph, SharesTheIntegersOfASharedWeight) {
  GraphBuilder builder("twins", 21);
  builder.add_input(
      "a", DataType::Float32, std::vector<Dimension>{{2, ""}, {3, ""}});
  builder.add_constant("w", weights({3, 3}, 1));
  builder.add_node({"one", "", "MatMul", {"a", "w"}, {"b"}, {}});
  builder.add_node({"two", "", "MatMul", {"b", "w"}, {"c"}, {}});
  builder.add_output("c");
  const Graph twins = infer_shapes(std::move(builder).build());
  const QuantizedModel model =
      quantize_plainly(twins, {.activation_scale = 0.0F});

  EXPECT_EQ(to_qdq_graph(twins, model).nodes().size(), 3U);
}

TEST(QdqGraph, RefusesWhatDoesNotFitTheNetwork) {
  const auto refuses = [](ErrorCode code, const char* part, auto change) {
    QuantizedModel model = quantized_four_layers();
    change(model);
    expect_error(code, part, [&] {
      static_cast<void>(to_qdq_graph(four_layers(), model));
    });
  };
  using Model = QuantizedModel;
  refuses(ErrorCode::InvalidArgument, "'relu'", [](Model& model) {
    model.layers[0].name = "relu";
  });
  refuses(ErrorCode::InvalidArgument, "twice", [](Model& model) {
    model.layers.push_back(model.layers[0]);
  });
  refuses(ErrorCode::InvalidArgument, "'w1'", [](Model& model) {
    model.activations[0].value = "w1";
  });
  refuses(ErrorCode::InvalidArgument, "twice", [](Model& model) {
    model.activations.push_back(model.activations[0]);
  });
  refuses(ErrorCode::ShapeMismatch, "'second'", [](Model& model) {
    model.layers[1].bias.pop_back();
  });
  refuses(ErrorCode::ShapeMismatch, "'second'", [](Model& model) {
    model.layers[1].weight.codes.pop_back();
  });
  refuses(ErrorCode::ShapeMismatch, "'second'", [](Model& model) {
    model.layers[1].weight.shape = {4, 6, 1, 1};
  });
  refuses(ErrorCode::InvalidData, "code 16", [](Model& model) {
    model.layers[3].weight.codes[2] = 16;
  });
  refuses(ErrorCode::InvalidData, "scale", [](Model& model) {
    model.layers[3].weight.scales[0] = 0.0F;
  });
  refuses(ErrorCode::InvalidData, "'flat'", [](Model& model) {
    model.activations[2].parameters.zero_point = 256;
  });
  refuses(ErrorCode::Unsupported, "17 bits", [](Model& model) {
    model.layers[0].weight.grid.bits = 17;
  });
}

}  // namespace
}  // namespace ompq
