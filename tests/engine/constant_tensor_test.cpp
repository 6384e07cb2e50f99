// SPDX-License-Identifier: MIT
#include "ompq/engine/constant_tensor.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

TEST(ConstantTensor, SurvivesTheRoundTripInEveryType) {
  for (const auto type :
       {at::kFloat,
        at::kDouble,
        at::kHalf,
        at::kBFloat16,
        at::kLong,
        at::kInt,
        at::kShort,
        at::kChar,
        at::kByte,
        at::kBool}) {
    const at::Tensor tensor = at::arange(6).to(type).reshape({2, 3});

    EXPECT_TRUE(tensor_near(to_tensor(to_constant(tensor)), tensor)) << type;
  }
}

TEST(ConstantTensor, IsRowMajorWhateverTheStrides) {
  const at::Tensor tensor = at::arange(6, at::kFloat).reshape({2, 3}).t();

  const Constant constant = to_constant(tensor);

  EXPECT_EQ(constant.shape(), (Shape{3, 2}));
  EXPECT_EQ(constant.to_double(), (std::vector<double>{0, 3, 1, 4, 2, 5}));
}

TEST(ConstantTensor, UnpacksNarrowIntegers) {
  const Constant int4 =
      Constant::from<std::int8_t>({-8, 7, -1}, {3}).cast(DataType::Int4);
  const Constant uint2 =
      Constant::from<std::uint8_t>({3, 0, 1, 2, 3}, {5}).cast(DataType::UInt2);

  EXPECT_TRUE(tensor_near(
      to_tensor(int4), at::tensor({-8, 7, -1}, at::kInt).to(at::kChar)));
  EXPECT_TRUE(tensor_near(
      to_tensor(uint2), at::tensor({3, 0, 1, 2, 3}, at::kInt).to(at::kByte)));
}

TEST(ConstantTensor, HoldsUnsignedIntegersInAWiderType) {
  const Constant uint16 = Constant::from<std::uint16_t>({65535}, {1});

  EXPECT_TRUE(tensor_near(to_tensor(uint16), at::tensor({65535}, at::kInt)));
}

TEST(ConstantTensor, HandlesScalarsAndEmptyTensors) {
  EXPECT_EQ(to_tensor(Constant::scalar(2.5F)).item<float>(), 2.5F);
  EXPECT_EQ(
      to_tensor(Constant::from<float>({}, {0, 3})).sizes(),
      (at::IntArrayRef{0, 3}));
}

TEST(ConstantTensor, RefusesStrings) {
  EXPECT_THROW(static_cast<void>(to_scalar_type(DataType::String)), Error);
}

}  // namespace
}  // namespace ompq
