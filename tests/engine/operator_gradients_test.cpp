// SPDX-License-Identifier: MIT
// Gradients of operators against differences in float64.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/numeric_gradient.h"
#include "tests/support/run_node.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;

at::Tensor numbers(const Shape& shape) {
  return at::randn(shape, at::kDouble);
}

at::Tensor integers(const Integers& values) {
  return at::tensor(values, at::kLong);
}

struct Case {
  std::string name;
  TestNode node;
  /// Inputs that a gradient must reach.
  int reached = 1;
  /// Those that have one; empty: all.
  std::vector<std::size_t> differentiable = {};
};

std::vector<Case> cases() {
  at::manual_seed(11);
  const at::Tensor picture = numbers({2, 4, 7, 6});
  const Integers ones{1, 1, 1, 1};
  return {
      {"Conv",
       {"Conv",
        {picture, numbers({6, 4, 3, 3}), numbers({6})},
        {{"pads", ones}, {"strides", Integers{2, 1}}}},
       3},
      {"depthwise Conv",
       {"Conv",
        {picture, numbers({4, 1, 3, 3}), numbers({4})},
        {{"pads", Integers{0, 1, 1, 0}}, {"group", std::int64_t{4}}}},
       3},
      {"dilated Conv without bias",
       {"Conv",
        {picture, numbers({2, 4, 2, 2})},
        {{"dilations", Integers{2, 2}}}},
       2},
      {"ConvTranspose",
       {"ConvTranspose",
        {picture, numbers({4, 3, 3, 3}), numbers({3})},
        {{"strides", Integers{2, 2}}, {"pads", ones}}},
       3},
      {"Gemm",
       {"Gemm",
        {numbers({5, 3}), numbers({4, 3}), numbers({4})},
        {{"transB", std::int64_t{1}}, {"alpha", 0.5F}, {"beta", 2.0F}}},
       3},
      {"MatMul", {"MatMul", {numbers({2, 5, 3}), numbers({3, 4})}}, 2},
      {"BatchNormalization",
       {"BatchNormalization",
        {picture,
         numbers({4}),
         numbers({4}),
         numbers({4}),
         numbers({4}).abs() + 0.5}},
       3,
       {0, 1, 2}},
      {"Relu", {"Relu", {picture}}},
      {"Clip",
       {"Clip",
        {picture, at::tensor(-0.5, at::kFloat), at::tensor(1.0, at::kFloat)}}},
      {"LeakyRelu", {"LeakyRelu", {picture}}},
      {"PRelu", {"PRelu", {picture, numbers({4, 1, 1})}}, 2},
      {"Sigmoid", {"Sigmoid", {picture}}},
      {"HardSigmoid", {"HardSigmoid", {picture}}},
      {"HardSwish", {"HardSwish", {picture}}},
      {"Tanh", {"Tanh", {picture}}},
      {"Gelu", {"Gelu", {picture}}},
      {"Softmax", {"Softmax", {picture}, {{"axis", std::int64_t{1}}}}},
      {"Add", {"Add", {picture, numbers({4, 1, 1})}}, 2},
      {"Sub", {"Sub", {picture, numbers({7, 1})}}, 2},
      {"Mul", {"Mul", {picture, numbers({1, 4, 1, 6})}}, 2},
      {"Div", {"Div", {picture, numbers({6}).abs() + 0.5}}, 2},
      {"Concat",
       {"Concat",
        {picture, numbers({2, 3, 7, 6})},
        {{"axis", std::int64_t{1}}}},
       2},
      {"MaxPool",
       {"MaxPool",
        {picture},
        {{"kernel_shape", Integers{3, 3}},
         {"strides", Integers{2, 2}},
         {"ceil_mode", std::int64_t{1}}}}},
      {"AveragePool",
       {"AveragePool",
        {picture},
        {{"kernel_shape", Integers{3, 3}}, {"pads", ones}}}},
      {"GlobalAveragePool", {"GlobalAveragePool", {picture}}},
      {"GlobalMaxPool", {"GlobalMaxPool", {picture}}},
      {"ReduceMean", {"ReduceMean", {picture, integers({2, 3})}}},
      {"Slice",
       {"Slice",
        {picture,
         integers({0, 1}),
         integers({7, 6}),
         integers({2, 3}),
         integers({2, 2})}}},
      {"Pad", {"Pad", {picture, integers({0, 1, 0, 0, 0, 2, 1, 0})}}},
      {"Flatten", {"Flatten", {picture}}},
      {"Reshape", {"Reshape", {picture, integers({2, 28, 6})}}},
      {"Transpose", {"Transpose", {picture}, {{"perm", Integers{0, 2, 3, 1}}}}},
      {"Squeeze", {"Squeeze", {numbers({2, 1, 3}), integers({1})}}},
      {"Unsqueeze", {"Unsqueeze", {picture, integers({2})}}},
      {"Dropout", {"Dropout", {picture}}},
      {"Identity", {"Identity", {picture}}},
  };
}

class OperatorGradients : public testing::TestWithParam<Case> {};

TEST_P(OperatorGradients, EqualDifferences) {
  const TestNode& node = GetParam().node;
  const Graph graph = make_test_graph(node, TestInputs::AllFed);
  EXPECT_EQ(
      expect_numeric_gradients(
          GetParam().name,
          make_operator(graph.nodes().front(), graph),
          node.inputs,
          GetParam().differentiable),
      GetParam().reached);
}

INSTANTIATE_TEST_SUITE_P(
    Operators,
    OperatorGradients,
    testing::ValuesIn(cases()),
    [](const auto& tested) {
      std::string name = tested.param.name;
      std::erase(name, ' ');
      return name;
    });

}  // namespace
}  // namespace ompq
