// SPDX-License-Identifier: MIT
// Reshape, Split, Slice, Pad, ...: forms newer than ONNX's own test data, and
// parameters that are known before and only at run time.
#include <limits>

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

/// First output, the same whether the parameters are fed or constants.
at::Tensor run_both(const TestNode& node) {
  const at::Tensor fed = run_node(node)[0];
  const at::Tensor known = run_node(node, TestInputs::OthersConstant)[0];
  EXPECT_TRUE(tensor_near(known, fed)) << node.op_type;
  return fed;
}

TEST(Reshape, CopiesInfersAndAllowsZeros) {
  const at::Tensor x = at::arange(24, at::kFloat).reshape({2, 3, 4});

  EXPECT_EQ(
      run_both({"Reshape", {x, ints({0, -1})}}).sizes().vec(), (Ints{2, 12}));
  EXPECT_EQ(
      run_node(
          {"Reshape",
           {at::zeros({0, 4}), ints({4, 0})},
           {{"allowzero", std::int64_t{1}}}})[0]
          .sizes()
          .vec(),
      (Ints{4, 0}));
  EXPECT_THROW(
      static_cast<void>(run_node({"Reshape", {x, ints({5, 5})}})), Error);
  EXPECT_THROW(
      static_cast<void>(run_node({"Reshape", {x, ints({24, 1, 1, 0})}})),
      Error);
}

TEST(Split, CutsIntoNumOutputsWithASmallerLastOne) {
  const at::Tensor x = at::arange(7, at::kFloat);

  const Tensors parts =
      run_node({"Split", {x}, {{"num_outputs", std::int64_t{3}}}, 3});

  EXPECT_TRUE(tensor_near(parts[0], x.slice(0, 0, 3)));
  EXPECT_TRUE(tensor_near(parts[1], x.slice(0, 3, 6)));
  EXPECT_TRUE(tensor_near(parts[2], x.slice(0, 6, 7)));
}

TEST(Split, RefusesSizesThatDoNotSumUp) {
  EXPECT_THROW(
      static_cast<void>(
          run_node({"Split", {at::zeros({5}), ints({2, 2})}, {}, 2})),
      Error);
  EXPECT_THROW(
      static_cast<void>(
          run_node({"Split", {at::zeros({5}), ints({2, 3})}, {}, 3})),
      Error);
}

TEST(Slice, FollowsNegativeStepsAndClampsEnds) {
  const at::Tensor x = at::arange(10, at::kFloat);
  const auto slice =
      [&](std::int64_t first, std::int64_t last, std::int64_t s) {
        return run_both(
            {"Slice", {x, ints({first}), ints({last}), ints({0}), ints({s})}});
      };
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min() + 1;
  constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();

  EXPECT_TRUE(tensor_near(slice(2, kHighest, 3), at::tensor({2.F, 5.F, 8.F})));
  EXPECT_TRUE(tensor_near(slice(-1, kLowest, -4), at::tensor({9.F, 5.F, 1.F})));
  EXPECT_TRUE(tensor_near(slice(8, 1, -3), at::tensor({8.F, 5.F, 2.F})));
  EXPECT_EQ(slice(3, 3, 1).numel(), 0);
  EXPECT_EQ(slice(1, 5, -1).numel(), 0);
  EXPECT_EQ(slice(0, kHighest, kHighest).numel(), 1);
  EXPECT_EQ(slice(kHighest, kLowest, kLowest).numel(), 1);
}

TEST(Pad, TakesAxesAndNegativeAmounts) {
  const at::Tensor x = at::arange(6, at::kFloat).reshape({2, 3});

  const at::Tensor y =
      run_both({"Pad", {x, ints({-1, 2}), at::scalar_tensor(7.F), ints({-1})}});

  EXPECT_TRUE(tensor_near(
      y, at::tensor({1.F, 2.F, 7.F, 7.F, 4.F, 5.F, 7.F, 7.F}).reshape({2, 4})));
}

TEST(Pad, ReflectsRepeatsAndWraps) {
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F});
  const auto pad = [&](const std::string& mode) {
    return run_both({"Pad", {x, ints({2, 4})}, {{"mode", mode}}});
  };

  EXPECT_TRUE(tensor_near(
      pad("reflect"),
      at::tensor({3.F, 2.F, 1.F, 2.F, 3.F, 2.F, 1.F, 2.F, 3.F})));
  EXPECT_TRUE(tensor_near(
      pad("edge"), at::tensor({1.F, 1.F, 1.F, 2.F, 3.F, 3.F, 3.F, 3.F, 3.F})));
  EXPECT_TRUE(tensor_near(
      pad("wrap"), at::tensor({2.F, 3.F, 1.F, 2.F, 3.F, 1.F, 2.F, 3.F, 1.F})));
}

TEST(Pad, KeepsChannelsLastAndIntegers) {
  const auto format = at::MemoryFormat::ChannelsLast;
  const at::Tensor picture = at::rand({1, 4, 3, 3}).contiguous(format);
  const at::Tensor amounts = ints({0, 2, 1, 1, 0, 2, 1, 1});

  EXPECT_TRUE(run_both({"Pad", {picture, amounts}}).is_contiguous(format));
  EXPECT_TRUE(tensor_near(
      run_both({"Pad", {ints({4}), ints({1, 0}), ints({-3})}}), ints({-3, 4})));
}

TEST(Expand, BroadcastsInBothDirections) {
  const at::Tensor x = at::arange(3, at::kFloat).reshape({3, 1});

  EXPECT_EQ(
      run_both({"Expand", {x, ints({2, 1, 4})}}).sizes().vec(),
      (Ints{2, 3, 4}));
  EXPECT_EQ(run_both({"Expand", {x, ints({1})}}).sizes().vec(), (Ints{3, 1}));
}

TEST(Squeeze, RemovesOnesAndNothingElse) {
  const at::Tensor x = at::zeros({1, 3, 1});

  EXPECT_EQ(run_node({"Squeeze", {x}})[0].sizes().vec(), (Ints{3}));
  EXPECT_EQ(run_both({"Squeeze", {x, ints({-1})}}).sizes().vec(), (Ints{1, 3}));
  EXPECT_THROW(static_cast<void>(run_node({"Squeeze", {x, ints({1})}})), Error);
}

TEST(Dropout, PassesDataAndRefusesTraining) {
  const at::Tensor x = at::rand({3});

  EXPECT_TRUE(tensor_near(run_node({"Dropout", {x}})[0], x));
  EXPECT_THROW(
      static_cast<void>(run_node(
          {"Dropout", {x, at::scalar_tensor(0.5F), at::ones({}, at::kBool)}})),
      Error);
}

TEST(Cast, KeepsTheLowBitsOfNarrowIntegers) {
  const auto cast = [](const at::Tensor& x, DataType type) {
    return run_node(
        {"Cast", {x}, {{"to", static_cast<std::int64_t>(type)}}})[0];
  };

  EXPECT_TRUE(tensor_near(
      cast(ints({-1, 65536 + 7}), DataType::UInt16),
      at::tensor({65535, 7}, at::kInt)));
  EXPECT_TRUE(tensor_near(
      cast(ints({7, 8, -9}), DataType::Int4),
      at::tensor({7, -8, 7}, at::kInt).to(at::kChar)));
  EXPECT_TRUE(tensor_near(
      cast(at::tensor({-1.7F, 2.9F}), DataType::Int32),
      at::tensor({-1, 2}, at::kInt)));
  EXPECT_TRUE(tensor_near(
      cast(at::tensor({0.F, 0.5F}), DataType::Bool),
      at::tensor({0, 1}, at::kInt).to(at::kBool)));
  EXPECT_THROW(static_cast<void>(cast(ints({1}), DataType::String)), Error);
}

TEST(BitShift, LosesTheBitsThatLeaveTheType) {
  const TestNode bytes{
      "BitShift",
      {at::full({1}, 0xC3, at::kByte), at::full({1}, 2, at::kByte)},
      {{"direction", "LEFT"}}};
  const TestNode words{
      "BitShift",
      {at::full({1}, 0xC003, at::kInt), at::full({1}, 2, at::kInt)},
      {{"direction", "LEFT"}}};

  EXPECT_EQ(run_node(bytes)[0].item<std::int64_t>(), 0x0C);
  EXPECT_EQ(
      run_node(
          words,
          TestInputs::AllFed,
          {{0, DataType::UInt16}, {1, DataType::UInt16}})[0]
          .item<std::int64_t>(),
      0x000C);
}

}  // namespace
}  // namespace ompq
