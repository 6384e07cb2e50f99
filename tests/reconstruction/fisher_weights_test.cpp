// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/fisher_weights.h"

#include <cstdint>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

std::vector<Dimension> batch_of(const std::vector<std::int64_t>& sizes) {
  std::vector<Dimension> shape{{.size = -1, .symbol = "n"}};
  for (const std::int64_t size : sizes) {
    shape.push_back({.size = size});
  }
  return shape;
}

/// x -> Relu -> features -> times one factor per channel -> y.
Graph scaled_channels(const std::vector<float>& factors) {
  const auto channels = static_cast<std::int64_t>(factors.size());
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, batch_of({channels, 2, 2}));
  builder.add_constant("factors", Constant::from(factors, {1, channels, 1, 1}));
  builder.add_node(
      {.name = "relu",
       .op_type = "Relu",
       .inputs = {"x"},
       .outputs = {"features"}});
  builder.add_node(
      {.name = "scale",
       .op_type = "Mul",
       .inputs = {"features", "factors"},
       .outputs = {"y"}});
  builder.add_output("y");
  return infer_shapes(std::move(builder).build());
}

FisherWeights weights_of(const Graph& graph, std::uint64_t seed) {
  at::manual_seed(1);
  const std::vector<Tensors> calibration{
      {at::rand({4, 3, 2, 2})}, {at::rand({4, 3, 2, 2})}};
  return fisher_weights(
      graph,
      {*graph.find_value("features")},
      calibration,
      8,
      seed,
      silent_observer());
}

TEST(FisherWeights, AreTheSquaresOfWhatMultipliesAChannel) {
  const Graph graph = scaled_channels({1.0F, 2.0F, 3.0F});

  const at::Tensor weights = weights_of(graph, 0).at("features");

  // The gradient of a sum with random signs is plus or minus the factor.
  const at::Tensor expected = at::tensor({1.0F, 4.0F, 9.0F}) * (3.0 / 14.0);
  EXPECT_TRUE(at::allclose(weights, expected, 1e-5)) << weights;
}

TEST(FisherWeights, AreOnesWhereTheLossFeelsNothing) {
  const Graph graph = scaled_channels({0.0F, 0.0F, 0.0F});

  const at::Tensor weights = weights_of(graph, 0).at("features");

  EXPECT_TRUE(at::equal(weights, at::ones({3})));
}

TEST(FisherWeights, AreTheSameForOneSeed) {
  const Graph graph = scaled_channels({1.0F, 0.5F, 3.0F});

  EXPECT_TRUE(at::equal(
      weights_of(graph, 7).at("features"),
      weights_of(graph, 7).at("features")));
}

}  // namespace
}  // namespace ompq
