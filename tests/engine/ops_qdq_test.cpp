// SPDX-License-Identifier: MIT
#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

using Types = std::map<std::size_t, DataType>;

at::Tensor bytes(const std::vector<std::int64_t>& values) {
  return at::tensor(values, at::kLong).to(at::kChar);
}

TEST(QuantizeLinear, RoundsHalvesToEvenAndSaturates) {
  const at::Tensor x =
      at::tensor({0.5F, 1.5F, 2.5F, -0.5F, -1.5F, 1000.F, -1000.F});

  const at::Tensor q = run_node(
      {"QuantizeLinear",
       {x, at::scalar_tensor(1.F), at::zeros({}, at::kChar)}})[0];

  EXPECT_TRUE(tensor_near(q, bytes({0, 2, 2, 0, -2, 127, -128})));
}

TEST(QuantizeLinear, IsUInt8WithoutAZeroPoint) {
  const at::Tensor q = run_node(
      {"QuantizeLinear",
       {at::tensor({-1.F, 300.F}), at::scalar_tensor(1.F)}})[0];

  EXPECT_TRUE(tensor_near(q, at::tensor({0, 255}, at::kInt).to(at::kByte)));
}

TEST(QuantizeLinear, SaturatesAtTheLimitsOfEveryType) {
  struct {
    DataType type;
    c10::ScalarType held;
    std::int64_t lowest;
    std::int64_t highest;
  } const cases[] = {
      {DataType::Int2, at::kChar, -2, 1},
      {DataType::UInt2, at::kByte, 0, 3},
      {DataType::Int4, at::kChar, -8, 7},
      {DataType::UInt4, at::kByte, 0, 15},
      {DataType::Int8, at::kChar, -128, 127},
      {DataType::UInt8, at::kByte, 0, 255},
      {DataType::Int16, at::kShort, -32768, 32767},
      {DataType::UInt16, at::kInt, 0, 65535},
  };
  const at::Tensor x = at::tensor({-1e6F, 1e6F});
  for (const auto& c : cases) {
    const at::Tensor expected =
        at::tensor({c.lowest, c.highest}, at::kLong).to(c.held);
    const at::Tensor scale = at::scalar_tensor(1.F);

    EXPECT_TRUE(tensor_near(
        run_node(
            {"QuantizeLinear", {x, scale, at::zeros({}, c.held)}},
            TestInputs::AllFed,
            {{2, c.type}})[0],
        expected))
        << to_string(c.type);
    EXPECT_TRUE(tensor_near(
        run_node(
            {"QuantizeLinear",
             {x, scale},
             {{"output_dtype", static_cast<std::int64_t>(c.type)}}})[0],
        expected))
        << to_string(c.type);
  }
}

TEST(DequantizeLinear, TakesOneScalePerSlice) {
  const at::Tensor y = run_node(
      {"DequantizeLinear",
       {bytes({1, 2, 3, 4}).reshape({2, 2}),
        at::tensor({0.5F, 2.F}),
        bytes({1, -1})},
       {{"axis", std::int64_t{-2}}}})[0];

  EXPECT_TRUE(
      tensor_near(y, at::tensor({0.F, 0.5F, 8.F, 10.F}).reshape({2, 2})));
}

TEST(DequantizeLinear, TakesOneScalePerBlock) {
  // Five elements in blocks of two: the last block has one.
  const at::Tensor y = run_node(
      {"DequantizeLinear",
       {bytes({1, 2, 3, 4, 5}).reshape({1, 5}),
        at::tensor({1.F, 10.F, 100.F}).reshape({1, 3}),
        bytes({0, 1, 2}).reshape({1, 3})},
       {{"axis", std::int64_t{1}}, {"block_size", std::int64_t{2}}}})[0];

  EXPECT_TRUE(tensor_near(
      y, at::tensor({1.F, 2.F, 20.F, 30.F, 300.F}).reshape({1, 5})));
}

TEST(DequantizeLinear, UndoesQuantizeLinearWithinHalfAStep) {
  at::manual_seed(5);
  const at::Tensor x = at::rand({4, 6}) * 2 - 1;
  const at::Tensor scale = at::tensor({0.15F, 0.2F, 0.25F, 0.3F});
  const std::map<std::string, Attribute> axis{{"axis", std::int64_t{0}}};

  const at::Tensor q = run_node(
      {"QuantizeLinear", {x, scale, at::zeros({4}, at::kChar)}, axis},
      TestInputs::AllFed,
      {{2, DataType::Int4}})[0];
  const at::Tensor y = run_node({"DequantizeLinear", {q, scale}, axis})[0];

  const at::Tensor steps = (y - x).abs() / scale.unsqueeze(1);
  EXPECT_LE(steps.max().item<float>(), 0.5F + 1e-5F);
}

TEST(DequantizeLinear, IsExactForWideIntegers) {
  const at::Tensor y = run_node(
      {"DequantizeLinear",
       {at::full({1}, 2000000001, at::kInt),
        at::scalar_tensor(1.F),
        at::full({}, 2000000000, at::kInt)}})[0];

  EXPECT_EQ(y.item<float>(), 1);
}

TEST(QuantizeLinear, RefusesScalesThatFitNoAxis) {
  EXPECT_THROW(
      static_cast<void>(
          run_node({"QuantizeLinear", {at::zeros({2, 3}), at::ones({2})}})),
      Error);
}

}  // namespace
}  // namespace ompq
