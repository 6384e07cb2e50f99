// SPDX-License-Identifier: MIT
#include "ompq/engine/cut_network.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/cli/small_network.h"
#include "tests/engine/two_outputs.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

/// The network with other weights in conv2.
Graph with_other_weights(const Graph& graph) {
  GraphBuilder builder(graph);
  builder.add_constant("other", small_weights({4, 4, 1, 1}, 7));
  builder.replace_uses("w2", "other");
  return infer_shapes(std::move(builder).build());
}

std::vector<Tensors> two_batches() {
  at::manual_seed(3);
  return {{at::randn({3, 4, 6, 6})}, {at::randn({2, 4, 6, 6})}};
}

std::vector<Tensors> outputs_of(const Graph& graph) {
  const Network network(graph);
  std::vector<Tensors> outputs;
  for (Tensors& inputs : two_batches()) {
    outputs.push_back(network.run({std::move(inputs)}).front());
  }
  return outputs;
}

TEST(CutNetwork, RunsTheRestFromEveryNode) {
  const Graph graph = two_outputs();
  const std::vector<Tensors> expected = outputs_of(graph);
  CutNetwork cut(graph, two_batches());
  for (const Node& node : graph.nodes()) {
    cut.advance_to(node.id);
    const std::vector<std::size_t> behind = cut.outputs_behind();
    ASSERT_FALSE(behind.empty());
    // What is run must not change what is kept.
    for (int time = 0; time < 2; ++time) {
      const std::vector<Tensors> actual = cut.run_rest(graph);
      ASSERT_EQ(actual.size(), 2U);
      for (std::size_t i = 0; i < actual.size(); ++i) {
        for (std::size_t k = 0; k < behind.size(); ++k) {
          EXPECT_TRUE(
              at::allclose(actual[i][k], expected[i][behind[k]], 1e-5, 1e-6))
              << node.name;
        }
      }
    }
  }
}

TEST(CutNetwork, RunsOtherConstantsBehindTheCut) {
  const Graph graph = two_outputs();
  const Graph other = with_other_weights(graph);
  const std::vector<Tensors> expected = outputs_of(other);
  CutNetwork cut(graph, two_batches());
  cut.advance_to(*graph.find_node("conv2"));

  const std::vector<Tensors> actual = cut.run_rest(other);

  EXPECT_EQ(cut.outputs_behind(), std::vector<std::size_t>{1});
  for (std::size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].size(), 1U);
    EXPECT_TRUE(at::allclose(actual[i][0], expected[i][1], 1e-5, 1e-6));
    EXPECT_FALSE(at::allclose(actual[i][0], outputs_of(graph)[i][1]));
  }
}

TEST(CutNetwork, NeverGoesBack) {
  const Graph graph = two_outputs();
  CutNetwork cut(graph, two_batches());
  cut.advance_to(*graph.find_node("sum"));
  expect_error(ErrorCode::InvalidArgument, "behind node 'conv1'", [&] {
    cut.advance_to(*graph.find_node("conv1"));
  });
}

}  // namespace
}  // namespace ompq
