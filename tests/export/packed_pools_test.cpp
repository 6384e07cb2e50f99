// SPDX-License-Identifier: MIT
#include "ompq/export/packed_pools.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ompq/export/packed_graph.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/shape_inference.h"

#include "tests/export/real_weights.h"
#include "tests/quantization/quantize_plainly.h"

namespace ompq {
namespace {

std::ptrdiff_t count_nodes(const Graph& graph, const std::string& op_type) {
  return std::ranges::count(graph.nodes(), op_type, &Node::op_type);
}

/// A chain of convolutions [4, 4, 3, 3].
Graph chain(int length) {
  GraphBuilder builder("chain");
  builder.add_input("x0", DataType::Float32, {{{-1, "N"}, {4}, {8}, {8}}});
  for (int i = 0; i < length; ++i) {
    std::vector<float> weight(144, 0.125F);
    weight[static_cast<std::size_t>(i)] = 1.0F;
    const std::string name = fmt::format("weight{}", i);
    builder.add_constant(name, Constant::from(weight, {4, 4, 3, 3}));
    builder.add_node(
        {.name = fmt::format("conv{}", i),
         .op_type = "Conv",
         .inputs = {fmt::format("x{}", i), name},
         .outputs = {fmt::format("x{}", i + 1)},
         .attributes = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}});
  }
  builder.add_output(fmt::format("x{}", length));
  return infer_shapes(std::move(builder).build());
}

/// A runtime folds each node by itself: their number must not grow with the
/// layers.
TEST(PackedPools, UnpacksLayersOfOneShapeTogether) {
  const Graph graph =
      to_packed_graph(chain(7), quantize_plainly(chain(7), {.weights = {3}}));

  EXPECT_EQ(count_nodes(graph, "join3"), 1);
  EXPECT_LE(count_nodes(graph, "Reshape"), 2);
  EXPECT_LE(count_nodes(graph, "Sub"), 2);
  EXPECT_LE(count_nodes(graph, "Split"), 3);
}

TEST(PackedPools, KeepsLayersOfDifferentWidthsApart) {
  const Graph graph = chain(6);
  QuantizedModel model = quantize_plainly(graph, {.weights = {3}});
  const QuantizedModel wider = quantize_plainly(graph, {.weights = {5}});
  for (const std::size_t i : {1U, 4U}) {
    model.layers[i] = wider.layers[i];
  }

  const Graph packed = to_packed_graph(graph, model);
  const Graph read = infer_shapes(
      canonicalize(parse_onnx(serialize_onnx(packed, {}), {}, "chain")));

  EXPECT_EQ(count_nodes(packed, "join3"), 1);
  EXPECT_EQ(count_nodes(packed, "join5"), 1);
  for (const QuantizedLayer& layer : model.layers) {
    EXPECT_EQ(real_weights(read, layer.name), real_weights(layer.weight));
  }
}

}  // namespace
}  // namespace ompq
