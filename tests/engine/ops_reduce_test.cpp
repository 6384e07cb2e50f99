// SPDX-License-Identifier: MIT
// Reductions, normalisations, activations and selection: forms newer than
// ONNX's own test data.
#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using Ints = std::vector<std::int64_t>;

at::Tensor ints(const Ints& values) {
  return at::tensor(values, at::kLong);
}

TEST(Reduce, TakesAxesFedOrKnown) {
  const at::Tensor x = at::arange(24, at::kFloat).reshape({2, 3, 4});
  const Ints axes{0, 2};
  const std::map<std::string, at::Tensor> expected{
      {"ReduceSum", x.sum(axes, true)},
      {"ReduceMean", x.mean(axes, true)},
      {"ReduceMax", x.amax(axes, true)},
      {"ReduceMin", x.amin(axes, true)},
      {"ReduceProd", x.prod(2, true).prod(0, true)},
      {"ReduceSumSquare", (x * x).sum(axes, true)},
      {"ReduceL2", (x * x).sum(axes, true).sqrt()},
  };
  for (const auto& [name, y] : expected) {
    const TestNode node{name, {x, ints({-1, 0})}};

    EXPECT_TRUE(tensor_near(run_node(node)[0], y)) << name;
    EXPECT_TRUE(tensor_near(run_node(node, TestInputs::OthersConstant)[0], y))
        << name;
  }
}

TEST(Reduce, WithoutAxesTakesAllOrNone) {
  const at::Tensor x = at::arange(6, at::kInt).reshape({2, 3});

  EXPECT_TRUE(tensor_near(
      run_node({"ReduceSum", {x}, {{"keepdims", std::int64_t{0}}}})[0],
      at::full({}, 15, at::kInt)));
  EXPECT_TRUE(tensor_near(
      run_node(
          {"ReduceMax", {x}, {{"noop_with_empty_axes", std::int64_t{1}}}})[0],
      x));
  EXPECT_THROW(
      static_cast<void>(run_node({"ReduceSum", {x, ints({2})}})), Error);
  EXPECT_THROW(
      static_cast<void>(run_node({"ReduceSum", {x, ints({0, -2})}})), Error);
}

TEST(TopK, PutsTheLowerIndexFirstAmongEquals) {
  const at::Tensor x = at::tensor({1.F, 3.F, 3.F, 1.F, 3.F});

  const Tensors largest = run_node({"TopK", {x, ints({4})}, {}, 2});
  const Tensors smallest =
      run_node({"TopK", {x, ints({3})}, {{"largest", std::int64_t{0}}}, 2});

  EXPECT_TRUE(tensor_near(largest[1], ints({1, 2, 4, 0})));
  EXPECT_TRUE(tensor_near(smallest[1], ints({0, 3, 1})));
  EXPECT_THROW(
      static_cast<void>(run_node({"TopK", {x, ints({6})}, {}, 2})), Error);
}

TEST(ArgMax, SelectsTheLastOfEqualsIfAsked) {
  const at::Tensor x = at::tensor({1.F, 3.F, 3.F});

  EXPECT_EQ(run_node({"ArgMax", {x}})[0].item<std::int64_t>(), 1);
  EXPECT_EQ(
      run_node({"ArgMax", {x}, {{"select_last_index", std::int64_t{1}}}})[0]
          .item<std::int64_t>(),
      2);
}

TEST(Gelu, HasAnExactAndATanhForm) {
  const at::Tensor x = at::tensor({-1.F, 0.5F, 2.F});
  const at::Tensor exact = 0.5 * x * (1 + at::erf(x / std::sqrt(2.0)));
  const at::Tensor approximate =
      0.5 * x *
      (1 + at::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));

  EXPECT_TRUE(tensor_near(run_node({"Gelu", {x}})[0], exact));
  EXPECT_TRUE(tensor_near(
      run_node({"Gelu", {x}, {{"approximate", "tanh"}}})[0], approximate));
  EXPECT_THROW(
      static_cast<void>(run_node({"Gelu", {x}, {{"approximate", "fast"}}})),
      Error);
}

TEST(Clip, TakesEitherLimitFedOrKnown) {
  const at::Tensor x = at::tensor({-2.F, 0.F, 9.F});
  const TestNode both{
      "Clip", {x, at::scalar_tensor(-1.F), at::scalar_tensor(6.F)}};
  const TestNode upper{"Clip", {x, {}, at::scalar_tensor(6.F)}};
  const at::Tensor limited = at::tensor({-1.F, 0.F, 6.F});

  EXPECT_TRUE(tensor_near(run_node(both)[0], limited));
  EXPECT_TRUE(
      tensor_near(run_node(both, TestInputs::OthersConstant)[0], limited));
  EXPECT_TRUE(tensor_near(run_node(upper)[0], at::tensor({-2.F, 0.F, 6.F})));
  EXPECT_TRUE(tensor_near(run_node({"Clip", {x}})[0], x));
}

TEST(BatchNormalization, UsesTheStoredStatisticsAndRefusesTraining) {
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F, 4.F}).reshape({1, 2, 2});
  const at::Tensor scale = at::tensor({2.F, 1.F});
  const at::Tensor bias = at::tensor({0.F, 1.F});
  const at::Tensor mean = at::tensor({1.F, 3.F});
  const at::Tensor variance = at::tensor({4.F, 0.25F});
  TestNode node{
      "BatchNormalization",
      {x, scale, bias, mean, variance},
      {{"epsilon", 0.0F}}};

  EXPECT_TRUE(tensor_near(
      run_node(node)[0], at::tensor({0.F, 1.F, 1.F, 3.F}).reshape({1, 2, 2})));
  node.attributes["training_mode"] = std::int64_t{1};
  EXPECT_THROW(static_cast<void>(run_node(node)), Error);
}

TEST(GroupNormalization, HasZeroMeanAndUnitVariancePerGroup) {
  const at::Tensor x = at::randn({2, 6, 5, 5}) * 3 + 1;

  const at::Tensor y = run_node(
      {"GroupNormalization",
       {x, at::ones({6}), at::zeros({6})},
       {{"num_groups", std::int64_t{3}}}})[0];

  const at::Tensor groups = y.reshape({2, 3, -1});
  const Tolerance loose{.relative = 1e-3, .absolute = 1e-4};
  EXPECT_TRUE(tensor_near(groups.mean(-1), at::zeros({2, 3}), loose));
  EXPECT_TRUE(tensor_near(groups.var(-1, false), at::ones({2, 3}), loose));
}

TEST(GroupNormalization, TakesOneScalePerChannel) {
  const at::Tensor x = at::randn({1, 4, 3, 3});
  const at::Tensor scale = at::tensor({1.F, 2.F, 3.F, 4.F});
  const auto run = [&](const at::Tensor& s) {
    return run_node(
        {"GroupNormalization",
         {x, s, at::zeros({4})},
         {{"num_groups", std::int64_t{2}}}})[0];
  };

  EXPECT_TRUE(tensor_near(
      run(scale), run(at::ones({4})) * scale.reshape({1, 4, 1, 1})));
}

TEST(Div, TruncatesIntegers) {
  EXPECT_TRUE(tensor_near(
      run_node({"Div", {ints({7, -7}), ints({2, 2})}})[0], ints({3, -3})));
}

TEST(Pow, KeepsTheTypeOfTheBase) {
  const at::Tensor x = at::tensor({2.F, 3.F});

  for (const auto kind : {TestInputs::AllFed, TestInputs::OthersConstant}) {
    EXPECT_TRUE(tensor_near(
        run_node({"Pow", {x, at::full({}, 2, at::kLong)}}, kind)[0], x * x));
  }
}

}  // namespace
}  // namespace ompq
