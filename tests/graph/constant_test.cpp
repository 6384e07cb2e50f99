// SPDX-License-Identifier: MIT
#include "ompq/graph/constant.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using testing::ElementsAre;

template <typename Call>
ErrorCode code_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "no error was thrown";
  return ErrorCode::Internal;
}

TEST(Constant, GivesItsElementsBack) {
  const auto constant = Constant::from<float>({1.5F, -2.0F}, {2, 1});

  EXPECT_EQ(constant.type(), DataType::Float32);
  EXPECT_EQ(constant.size(), 2);
  EXPECT_THAT(constant.elements<float>(), ElementsAre(1.5F, -2.0F));
  EXPECT_THAT(constant.to_double(), ElementsAre(1.5, -2.0));
}

TEST(Constant, RejectsBytesThatDoNotFitItsShape) {
  const auto make = [] {
    return Constant(DataType::Int32, {2}, std::vector<std::byte>(7));
  };

  EXPECT_EQ(code_of(make), ErrorCode::ShapeMismatch);
}

TEST(Constant, RejectsElementsOfAnotherType) {
  const auto constant = Constant::scalar<std::int32_t>(3);

  EXPECT_EQ(
      code_of([&] { return constant.elements<float>(); }),
      ErrorCode::InvalidModel);
}

TEST(Constant, RejectsStringElements) {
  const auto make = [] { return Constant(DataType::String, {0}, {}); };

  EXPECT_EQ(code_of(make), ErrorCode::Unsupported);
}

TEST(Constant, RejectsShapesWhoseBytesOverflow) {
  const Shape huge{std::int64_t{1} << 61};

  EXPECT_EQ(
      code_of([&] { return Constant(DataType::Int64, huge, {}); }),
      ErrorCode::InvalidModel);
}

TEST(Constant, PacksSmallIntegersFromTheLowBits) {
  const auto numbers = Constant::from<std::int64_t>({-8, 7, -1}, {3});

  const Constant packed = numbers.cast(DataType::Int4);

  EXPECT_THAT(packed.bytes(), ElementsAre(std::byte{0x78}, std::byte{0x0F}));
  EXPECT_THAT(packed.to_int64(), ElementsAre(-8, 7, -1));
  EXPECT_THAT(packed.cast(DataType::UInt4).to_int64(), ElementsAre(8, 7, 15));
  EXPECT_THAT(
      Constant::from<std::int32_t>({-2, 1, 0, -1, 1}, {5})
          .cast(DataType::Int2)
          .to_int64(),
      ElementsAre(-2, 1, 0, -1, 1));
}

TEST(Constant, CastsHalfNumbersToTheNearest) {
  const auto numbers = Constant::from<float>(
      {1.0F,
       65504.0F,
       65520.0F,
       5.9604645e-08F,
       2.9802322e-08F,
       2049.0F,
       -0.333333F},
      {7});

  const auto half = numbers.cast(DataType::Float16).to_double();

  EXPECT_EQ(half[0], 1.0);
  EXPECT_EQ(half[1], 65504.0);
  EXPECT_TRUE(std::isinf(half[2]));
  EXPECT_EQ(half[3], std::ldexp(1.0, -24));
  EXPECT_EQ(half[4], 0.0) << "a tie goes to the even number, 0";
  EXPECT_EQ(half[5], 2048.0) << "a tie goes to the even number";
  EXPECT_NEAR(half[6], -0.333333, 1.3e-4);
}

TEST(Constant, KeepsEveryHalfNumberThroughFloat) {
  std::vector<std::uint16_t> bits(0x7C01);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bits[i] = static_cast<std::uint16_t>(i);
  }
  const auto raw = Constant::from(bits, {0x7C01});
  const Constant half(
      DataType::Float16, raw.shape(), {raw.bytes().begin(), raw.bytes().end()});

  const Constant back = half.cast(DataType::Float32).cast(DataType::Float16);

  EXPECT_TRUE(std::ranges::equal(back.bytes(), half.bytes()));
}

TEST(Constant, RoundsBfloat16ToEven) {
  const auto numbers = Constant::from<float>({1.0F, 1.00390625F, 3.0e38F}, {3});

  const auto rounded = numbers.cast(DataType::BFloat16).to_double();

  EXPECT_EQ(rounded[0], 1.0);
  EXPECT_EQ(rounded[1], 1.0);
  EXPECT_NEAR(rounded[2], 3.0e38, 1e36);
}

TEST(Constant, TruncatesAndLimitsFloatsThatBecomeIntegers) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto numbers =
      Constant::from<float>({2.9F, -2.9F, 1e20F, -kInfinity, NAN}, {5});

  EXPECT_THAT(
      numbers.cast(DataType::Int32).to_int64(),
      ElementsAre(2, -2, 2147483647, -2147483648LL, 0));
  EXPECT_THAT(
      Constant::from<float>({0.5F, 0.0F}, {2}).cast(DataType::Bool).to_int64(),
      ElementsAre(1, 0));
}

TEST(Constant, KeepsLargeIntegersExactly) {
  const std::int64_t large = (std::int64_t{1} << 60) + 1;

  EXPECT_THAT(
      Constant::scalar(large).cast(DataType::UInt64).to_int64(),
      ElementsAre(large));
  EXPECT_THAT(
      Constant::scalar(std::numeric_limits<std::uint64_t>::max()).to_double(),
      ElementsAre(18446744073709551616.0));
}

TEST(Constant, SharesItsBytesWhenReshaped) {
  const auto constant = Constant::from<float>({1, 2, 3, 4}, {4});

  const Constant matrix = constant.reshaped({2, 2});

  EXPECT_EQ(matrix.shape(), (Shape{2, 2}));
  EXPECT_EQ(matrix.bytes().data(), constant.bytes().data());
  EXPECT_EQ(
      code_of([&] { return constant.reshaped({3}); }),
      ErrorCode::ShapeMismatch);
}

TEST(ElementCount, IsSafeFromOverflow) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({3, 0, 5}), 0);
  EXPECT_EQ(
      code_of([] {
        return element_count({1LL << 32, 1LL << 32});
      }),
      ErrorCode::InvalidModel);
  EXPECT_EQ(
      code_of([] {
        return element_count({2, -1});
      }),
      ErrorCode::InvalidModel);
}

}  // namespace
}  // namespace ompq
