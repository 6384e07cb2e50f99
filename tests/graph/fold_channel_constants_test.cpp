// SPDX-License-Identifier: MIT
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/graph/fold_batch_norm.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/graph/plain_network.h"

namespace ompq {
namespace {

constexpr std::int64_t kInputs = 4;
constexpr std::int64_t kOutputs = 6;

/// x -> Conv -> op with a constant k of this shape -> y
Graph network(const std::string& op, const Shape& shape, bool is_first) {
  RandomTensors random{7};
  GraphBuilder builder("constants");
  builder.add_input(
      "x", DataType::Float32, std::vector<Dimension>{{2}, {kInputs}, {7}, {6}});
  builder.add_constant(
      "c_weight", random.tensor({kOutputs, kInputs, 3, 3}, -1.0F, 1.0F));
  builder.add_constant("c_bias", random.tensor({kOutputs}, -1.0F, 1.0F));
  builder.add_constant("k", random.tensor(shape, 0.5F, 2.0F));
  builder.add_node(
      {.op_type = "Conv",
       .inputs = {"x", "c_weight", "c_bias"},
       .outputs = {"c"}});
  builder.add_node(
      {.op_type = op,
       .inputs = is_first ? std::vector<std::string>{"k", "c"}
                          : std::vector<std::string>{"c", "k"},
       .outputs = {"y"}});
  builder.add_output("y");
  return infer_shapes(std::move(builder).build());
}

std::vector<double> constant(const Graph& graph, const char* name) {
  return graph.value(*graph.find_value(name)).constant->to_double();
}

TEST(FoldChannelConstants, TakesThemIn) {
  for (const bool is_sum : {true, false}) {
    for (const Shape& shape :
         {Shape{kOutputs, 1, 1}, Shape{1, kOutputs, 1, 1}, Shape{}}) {
      const Graph graph = network(is_sum ? "Add" : "Mul", shape, is_sum);

      const Graph folded = fold_batch_norm(graph);

      ASSERT_EQ(folded.nodes().size(), 1U) << is_sum << to_string(shape);
      const Node& layer = folded.nodes()[0];
      const std::vector<double> number = constant(graph, "k");
      const double before = constant(graph, "c_bias")[1];
      const double own = number[number.size() == 1 ? 0 : 1];
      EXPECT_FLOAT_EQ(
          folded.constant_input(layer, 2)->to_double()[1],
          is_sum ? before + own : before * own);
      // A weight that stays the same stays shared.
      EXPECT_EQ(folded.value(*layer.input(1)).name == "c_weight", is_sum);
      EXPECT_FLOAT_EQ(
          folded.constant_input(layer, 1)->to_double()[40],
          constant(graph, "c_weight")[40] * (is_sum ? 1.0 : own));
    }
  }
}

TEST(FoldChannelConstants, LeavesThoseForOtherElementsBehind) {
  for (const Shape& shape :
       {Shape{4}, Shape{5, 1}, Shape{2, 1, 1, 1}, Shape{kOutputs, 5, 4}}) {
    EXPECT_EQ(fold_batch_norm(network("Add", shape, false)).nodes().size(), 2U)
        << to_string(shape);
  }
}

}  // namespace
}  // namespace ompq
