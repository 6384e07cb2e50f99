// SPDX-License-Identifier: MIT
// Small networks for tests of files of every kind.
#pragma once

#include <string>
#include <vector>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/quantization/quantize_plainly.h"

namespace ompq {

/// Numbers from -0.4 to 0.6 that differ from one another.
inline Constant scattered(const Shape& shape, unsigned seed) {
  std::vector<float> elements(static_cast<std::size_t>(element_count(shape)));
  unsigned state = seed * 2654435761U + 1;
  for (float& element : elements) {
    state = state * 1664525U + 1013904223U;
    element = static_cast<float>(state >> 8U) / 16777216.0F - 0.4F;
  }
  return Constant::from<float>(elements, shape);
}

/// Every kind of layer: a convolution with and one without a bias, one in
/// groups around which a shortcut leads, a transposed one, MatMul and Gemm.
///
///   image [N, 2, 6, 6] -> ... -> scores [N, 3]
inline Graph every_layer() {
  GraphBuilder builder("every_layer", 21);
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {2, ""}, {6, ""}, {6, ""}});
  const auto weight = [&](const char* name, const Shape& shape, unsigned seed) {
    builder.add_constant(name, scattered(shape, seed));
  };
  weight("w1", {4, 2, 3, 3}, 1);
  weight("w2", {4, 1, 3, 3}, 2);
  weight("b2", {4}, 3);
  weight("w3", {4, 3, 2, 2}, 4);
  weight("w4", {3, 4}, 5);
  weight("w5", {3, 4}, 6);
  weight("b5", {3}, 7);
  using Spec = GraphBuilder::NodeSpec;
  const std::vector<std::int64_t> ones{1, 1, 1, 1};
  for (const Spec& node : std::vector<Spec>{
           {"first", "", "Conv", {"image", "w1"}, {"a"}, {{"pads", ones}}},
           {"relu", "", "Relu", {"a"}, {"b"}, {}},
           {"grouped",
            "",
            "Conv",
            {"b", "w2", "b2"},
            {"c"},
            {{"pads", ones}, {"group", std::int64_t{4}}}},
           {"add", "", "Add", {"b", "c"}, {"d"}, {}},
           {"up", "", "ConvTranspose", {"d", "w3"}, {"e"}, {}},
           {"pool", "", "GlobalAveragePool", {"e"}, {"f"}, {}},
           {"flatten", "", "Flatten", {"f"}, {"g"}, {}},
           {"product", "", "MatMul", {"g", "w4"}, {"h"}, {}},
           {"scores",
            "",
            "Gemm",
            {"h", "w5", "b5"},
            {"scores"},
            {{"transB", std::int64_t{1}}}}}) {
    builder.add_node(node);
  }
  builder.add_output("scores");
  return infer_shapes(std::move(builder).build());
}

/// every_layer() quantized, each layer with a bias, a sum as well.
inline QuantizedModel quantized_every_layer(const PlainOptions& options = {}) {
  const Graph graph = every_layer();
  QuantizedModel model = quantize_plainly(graph, options);
  for (const Layer& layer : find_quantizable_layers(graph).layers) {
    for (QuantizedLayer& quantized : model.layers) {
      if (quantized.name == layer.name) {
        for (std::int64_t i = 0; i < layer.output_channels; ++i) {
          quantized.bias.push_back(0.1F * static_cast<float>(i) - 0.15F);
        }
      }
    }
  }
  return model;
}

}  // namespace ompq
