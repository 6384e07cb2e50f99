// SPDX-License-Identifier: MIT
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

/// Gemm with a bias of 3 outputs, or MatMul of a sequence; weights 1, 2, 3, ...
Graph linear_graph(bool is_gemm, bool is_transposed) {
  std::vector<float> weight(15);
  for (std::size_t i = 0; i < weight.size(); ++i) {
    weight[i] = static_cast<float>(i + 1);
  }
  std::vector<Dimension> shape{{-1, "N"}, {5, ""}};
  if (!is_gemm) {
    shape.insert(shape.begin() + 1, {4, ""});
  }
  const Shape weight_shape = is_transposed ? Shape{3, 5} : Shape{5, 3};
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, shape);
  builder.add_constant("w", Constant::from(weight, weight_shape));
  builder.add_constant(
      "b", Constant::from(std::vector<float>{-1.0F, 0.5F, 2.0F}, {3}));
  GraphBuilder::NodeSpec node{
      .name = "layer",
      .op_type = is_gemm ? "Gemm" : "MatMul",
      .inputs = {"x", "w"},
      .outputs = {"y"}};
  if (is_gemm) {
    node.inputs.push_back("b");
    node.attributes["transB"] = std::int64_t{is_transposed ? 1 : 0};
  }
  builder.add_node(node);
  builder.add_output("y");
  return infer_shapes(std::move(builder).build());
}

void expect_equal_to_plain(const Graph& graph, const at::Tensor& input) {
  const auto merged = Network(graph).run({{input.clone()}});
  const auto plain = Network(graph, {.fuse = false}).run({{input.clone()}});
  // Sums of five products of small numbers.
  EXPECT_TRUE(at::allclose(merged[0][0], plain[0][0], 1e-5, 1e-4));
}

TEST(PackedLinear, EqualsThePlainGemmInBothOrientations) {
  expect_equal_to_plain(linear_graph(true, false), at::randn({7, 5}));
  expect_equal_to_plain(linear_graph(true, true), at::randn({7, 5}));
}

TEST(PackedLinear, MultipliesTheLastDimensionOfASequence) {
  expect_equal_to_plain(linear_graph(false, false), at::randn({2, 4, 5}));
}

TEST(PackedLinear, NamesTheNodeThatCannotTakeItsInput) {
  const Network network(linear_graph(true, true));
  EXPECT_THROW(static_cast<void>(network.run({{at::randn({2, 4})}})), Error);
}

}  // namespace
}  // namespace ompq
