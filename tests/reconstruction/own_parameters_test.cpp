// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/own_parameters.h"

#include <set>
#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/quantizable_layers.h"

#include "tests/graph/layered_network.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

/// Layers with and without biases, shared ones, and ones that are no rows.
Graph mixed_network() {
  LayeredNetwork net;
  net.constant("shared", net.uneven_weight({4, 4, 1, 1}));
  net.constant("bias", net.uneven_weight({4, 1}).reshaped({4}));
  net.add("Conv", {"x", "shared", "bias"}, "a");
  net.add("Conv", {"a", "shared", "bias"}, "b");
  net.layer(
      "ConvTranspose", "b", "c", {4, 3, 2, 2}, {{"group", std::int64_t{2}}});
  net.add("GlobalAveragePool", {"c"}, "d");
  net.add("Flatten", {"d"}, "e", {{"axis", std::int64_t{1}}});
  net.constant("one", Constant::from<float>({0.5F}, {1}));
  net.constant("wide", net.uneven_weight({6, 5}));
  net.add("Gemm", {"e", "wide", "one"}, "f");
  net.constant("row", net.uneven_weight({1, 3}));
  net.constant("narrow", net.uneven_weight({5, 3}));
  net.add("Gemm", {"f", "narrow", "row"}, "g");
  net.constant("square", net.uneven_weight({3, 3}));
  net.add("Gemm", {"g", "square", "row"}, "h", {{"beta", 0.5F}});
  net.layer("MatMul", "h", "y", {3, 2});
  return net.finish();
}

TEST(OwnParameters, KeepTheFunction) {
  const Graph graph = mixed_network();
  const Graph own =
      with_own_parameters(graph, find_quantizable_layers(graph).layers);
  at::manual_seed(4);
  const at::Tensor input = at::randn({3, 4, 6, 5});

  EXPECT_TRUE(tensor_near(
      Network(own).run({{input.clone()}})[0][0],
      Network(graph).run({{input.clone()}})[0][0]));
}

TEST(OwnParameters, AreSharedByNoTwoLayers) {
  const Graph graph = mixed_network();
  const LayerTable layers = find_quantizable_layers(graph).layers;
  const Graph own = with_own_parameters(graph, layers);

  std::set<ValueId> weights;
  std::set<ValueId> biases;
  std::size_t with_bias = 0;
  const LayerTable own_layers = find_quantizable_layers(own).layers;
  ASSERT_EQ(own_layers.size(), layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    EXPECT_EQ(own_layers[i].name, layers[i].name);
    const Node& node = own.node(own_layers[i].node);
    weights.insert(*node.input(1));
    if (own_layers[i].has_bias && can_add_bias(node, own_layers[i])) {
      ++with_bias;
      biases.insert(*node.input(2));
      EXPECT_EQ(
          own.value(*node.input(2)).constant->shape(),
          Shape{own_layers[i].output_channels});
    }
  }
  EXPECT_EQ(weights.size(), layers.size());
  EXPECT_EQ(biases.size(), with_bias);
  // All but the Gemm with beta and the MatMul.
  EXPECT_EQ(with_bias, layers.size() - 2);
}

}  // namespace
}  // namespace ompq
