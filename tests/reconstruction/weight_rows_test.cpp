// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/weight_rows.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/graph/quantizable_layers.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

/// A layer of one node, and the weights of its output channel r in the order
/// of a row.
struct RowCase {
  TestNode node;
  std::int64_t rows;
  at::Tensor (*channel)(const at::Tensor& weight, std::int64_t r);
};

std::vector<RowCase> row_cases() {
  at::manual_seed(2);
  const auto conv = [](const at::Tensor& w, std::int64_t r) {
    return w[r].permute({1, 2, 0}).reshape({-1});
  };
  const auto transposed = [](const at::Tensor& w, std::int64_t r) {
    return w.select(1, r).permute({1, 2, 0}).reshape({-1});
  };
  const auto last = [](const at::Tensor& w, std::int64_t r) {
    return w.select(-1, r).reshape({-1});
  };
  const auto first = [](const at::Tensor& w, std::int64_t r) { return w[r]; };
  const at::Tensor image = at::randn({1, 6, 5, 5});
  const at::Tensor vector = at::randn({2, 6});
  return {
      {{"Conv", {image, at::randn({4, 6, 3, 2})}}, 4, conv},
      {{"Conv", {image, at::randn({4, 3, 1, 1})}, {{"group", std::int64_t{2}}}},
       4,
       conv},
      {{"Conv", {image, at::randn({6, 1, 3, 3})}, {{"group", std::int64_t{6}}}},
       6,
       conv},
      {{"ConvTranspose", {image, at::randn({6, 4, 2, 3})}}, 4, transposed},
      {{"ConvTranspose",
        {image, at::randn({6, 2, 2, 3})},
        {{"group", std::int64_t{3}}}},
       2,
       transposed},
      {{"Gemm", {vector, at::randn({6, 4})}}, 4, last},
      {{"Gemm", {vector, at::randn({4, 6})}, {{"transB", std::int64_t{1}}}},
       4,
       first},
      {{"MatMul", {vector, at::randn({6, 4})}}, 4, last},
      {{"MatMul", {at::randn({3, 2, 6}), at::randn({3, 6, 4})}}, 4, last}};
}

TEST(WeightRows, HoldTheWeightsOfAnOutputChannel) {
  for (const RowCase& each : row_cases()) {
    const Graph graph = make_test_graph(each.node, TestInputs::OthersConstant);
    const WeightRows layout =
        weight_rows(graph, find_quantizable_layers(graph).layers.at(0));
    const at::Tensor& weight = each.node.inputs[1];

    const at::Tensor rows = to_rows(weight, layout);

    ASSERT_EQ(rows.size(0), each.rows) << each.node.op_type;
    ASSERT_EQ(rows.size(1), layout.columns);
    EXPECT_TRUE(rows.is_contiguous());
    for (std::int64_t r = 0; r < each.rows; ++r) {
      EXPECT_TRUE(at::equal(rows[r], each.channel(weight, r)));
    }
  }
}

TEST(WeightRows, BecomeTheWeightAgain) {
  for (const RowCase& each : row_cases()) {
    const Graph graph = make_test_graph(each.node, TestInputs::OthersConstant);
    const WeightRows layout =
        weight_rows(graph, find_quantizable_layers(graph).layers.at(0));
    const at::Tensor& weight = each.node.inputs[1];

    const at::Tensor again = from_rows(to_rows(weight, layout), layout);

    EXPECT_TRUE(at::equal(again, weight)) << each.node.op_type;
    if (each.node.op_type == "Conv") {
      EXPECT_TRUE(again.is_contiguous(at::MemoryFormat::ChannelsLast));
    }
  }
}

}  // namespace
}  // namespace ompq
