// SPDX-License-Identifier: MIT
// A small network with everything that integer kernels meet.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/quantization/calibrate_plainly.h"
#include "tests/quantization/quantize_plainly.h"

namespace ompq {

inline Constant branched_weights(const Shape& shape, unsigned seed) {
  std::vector<float> elements(static_cast<std::size_t>(element_count(shape)));
  unsigned state = seed * 2654435761U + 1;
  for (float& element : elements) {
    state = state * 1664525U + 1013904223U;
    element = static_cast<float>(state >> 8U) / 16777216.0F - 0.45F;
  }
  return Constant::from<float>(elements, shape);
}

/// image -> first (Conv) -> Clip 0..2 -> MaxPool -> second (Conv), added to
/// its input -> Relu -> third (Conv), beside Slice and Pad of its input ->
/// Concat -> mean -> hidden (MatMul) -> Relu -> last (Gemm) -> scores.
///
/// @param has_biases  the first and the last layer have biases
inline Graph branched_network(bool has_biases = false) {
  GraphBuilder builder("branched", 21);
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {2, ""}, {8, ""}, {8, ""}});
  const auto add = [&](const char* name, const Shape& shape, unsigned seed) {
    builder.add_constant(name, branched_weights(shape, seed));
  };
  add("w1", {4, 2, 3, 3}, 1);
  add("b1", {4}, 2);
  add("w2", {4, 4, 3, 3}, 3);
  add("w3", {3, 4, 1, 1}, 4);
  add("w4", {7, 5}, 5);
  add("w5", {3, 5}, 6);
  add("b5", {3}, 7);
  const auto integers = [&](const char* name, std::vector<std::int64_t> list) {
    const Shape shape{static_cast<std::int64_t>(list.size())};
    builder.add_constant(name, Constant::from<std::int64_t>(list, shape));
  };
  integers("from", {0});
  integers("to", {2});
  integers("axes", {1});
  integers("pads", {0, 1, 0, 0, 0, 1, 0, 0});
  builder.add_constant("low", Constant::scalar<float>(0.0F));
  builder.add_constant("high", Constant::scalar<float>(2.0F));
  using Integers = std::vector<std::int64_t>;
  const std::map<std::string, Attribute> same{{"pads", Integers{1, 1, 1, 1}}};
  const std::vector<GraphBuilder::NodeSpec> nodes{
      {"first", "", "Conv", {"image", "w1"}, {"a"}, same},
      {"clip", "", "Clip", {"a", "low", "high"}, {"b"}, {}},
      {"pool",
       "",
       "MaxPool",
       {"b"},
       {"c"},
       {{"kernel_shape", Integers{2, 2}}, {"strides", Integers{2, 2}}}},
      {"second", "", "Conv", {"c", "w2"}, {"d"}, same},
      {"add", "", "Add", {"c", "d"}, {"e"}, {}},
      {"relu", "", "Relu", {"e"}, {"f"}, {}},
      {"slice", "", "Slice", {"f", "from", "to", "axes"}, {"g"}, {}},
      {"pad", "", "Pad", {"g", "pads"}, {"h"}, {}},
      {"third", "", "Conv", {"f", "w3"}, {"i"}, {}},
      {"concat", "", "Concat", {"h", "i"}, {"j"}, {{"axis", 1}}},
      {"mean", "", "GlobalAveragePool", {"j"}, {"k"}, {}},
      {"flatten", "", "Flatten", {"k"}, {"l"}, {}},
      {"hidden", "", "MatMul", {"l", "w4"}, {"m"}, {}},
      {"relu2", "", "Relu", {"m"}, {"n"}, {}},
      {"last", "", "Gemm", {"n", "w5"}, {"scores"}, {{"transB", 1}}}};
  for (const auto& node : nodes) {
    builder.add_node(node);
  }
  if (has_biases) {
    builder.replace_node(
        "first", {{"first", "", "Conv", {"image", "w1", "b1"}, {"a"}, same}});
    builder.replace_node(
        "last",
        {{"last", "", "Gemm", {"n", "w5", "b5"}, {"scores"}, {{"transB", 1}}}});
  }
  builder.add_output("scores");
  return infer_shapes(std::move(builder).build());
}

/// The network quantized at every site.
inline QuantizedModel quantized_branches(
    const PlainOptions& options, const IntegerGrid& activations = {}) {
  const Graph graph = branched_network();
  QuantizedModel model = quantize_plainly(graph, options);
  model.activations = calibrate_plainly(graph, activations);
  return model;
}

/// The same with biases that have no short form for every layer.
inline QuantizedModel with_biases(QuantizedModel model) {
  for (QuantizedLayer& layer : model.layers) {
    const std::int64_t channels = layer.weight.shape[layer.weight.axis];
    for (std::int64_t i = 0; i < channels; ++i) {
      layer.bias.push_back(0.13F * static_cast<float>(i) - 0.2F);
    }
  }
  return model;
}

inline at::Tensor run_branches(const Graph& graph) {
  const at::Tensor image =
      at::arange(3 * 2 * 64, at::kFloat).reshape({3, 2, 8, 8}).sin() * 2;
  return Network(graph, {.fuse = false}).run({{image}})[0][0];
}

inline std::int64_t count_nodes(const Graph& graph, std::string_view op_type) {
  return std::ranges::count(graph.nodes(), op_type, &Node::op_type);
}

}  // namespace ompq
