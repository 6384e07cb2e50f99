// SPDX-License-Identifier: MIT
#include "ompq/graph/constant_evaluation.h"

#include <limits>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;
using Inputs = std::vector<std::optional<Constant>>;

Constant integers(const Integers& elements) {
  return Constant::from<std::int64_t>(
      elements, {static_cast<std::int64_t>(elements.size())});
}

std::optional<std::vector<Constant>> evaluate(
    const std::string& op,
    const Inputs& inputs,
    std::map<std::string, Attribute> attributes = {}) {
  Node node;
  node.name = "the_node";
  node.op_type = op;
  node.outputs = {ValueId(0)};
  node.attributes = std::move(attributes);
  return evaluate_constant(node, inputs);
}

TEST(ConstantEvaluation, IsExactForLargeIntegers) {
  const std::int64_t large = (std::int64_t{1} << 60) + 1;

  const auto sum = evaluate("Add", {integers({large}), integers({2})});
  const auto product = evaluate("Mul", {integers({large}), integers({3})});
  const auto quotient = evaluate("Div", {integers({large}), integers({1})});

  EXPECT_EQ(sum->front().to_int64(), Integers({large + 2}));
  EXPECT_EQ(product->front().to_int64(), Integers({large * 3}));
  EXPECT_EQ(quotient->front().to_int64(), Integers({large}));
}

TEST(ConstantEvaluation, CutsIntegerQuotientsOffTowardsZero) {
  const auto quotient = evaluate(
      "Div",
      {integers({7, -7, std::numeric_limits<std::int64_t>::min()}),
       integers({2, 2, -1})});

  EXPECT_EQ(
      quotient->front().to_int64(),
      Integers({3, -3, std::numeric_limits<std::int64_t>::min()}));
}

TEST(ConstantEvaluation, LeavesADivisionByZeroAlone) {
  EXPECT_FALSE(evaluate("Div", {integers({1}), integers({0})}));
  EXPECT_FALSE(evaluate("Mod", {integers({1}), integers({0})}));
}

TEST(ConstantEvaluation, SlicesBackwards) {
  const auto part = evaluate(
      "Slice",
      {integers({0, 1, 2, 3, 4}),
       integers({-1}),
       integers({std::numeric_limits<std::int64_t>::min()}),
       integers({0}),
       integers({-2})});

  EXPECT_EQ(part->front().to_int64(), Integers({4, 2, 0}));
}

TEST(ConstantEvaluation, DoesNotBlowUpSmallConstants) {
  const Constant one = Constant::from<float>({1.0F}, {1});

  EXPECT_TRUE(evaluate("Expand", {one, integers({1024, 1024})}));
  EXPECT_FALSE(evaluate("Expand", {one, integers({1024, 1025})}));
  EXPECT_FALSE(evaluate("ConstantOfShape", {integers({2000, 1000})}));
  EXPECT_FALSE(evaluate(
      "Range",
      {Constant::scalar<std::int64_t>(0),
       Constant::scalar<std::int64_t>((std::int64_t{1} << 26) + 1),
       Constant::scalar<std::int64_t>(1)}));
}

TEST(ConstantEvaluation, TurnsBitPlanesIntoWeights) {
  // Two codes of 4 bits in a byte, as a packed file stores them.
  const Constant bytes = Constant::from<std::uint8_t>({0xA3, 0x5F}, {2, 1});
  const Constant four = Constant::from<std::uint8_t>({4}, {1});
  const Constant mask = Constant::from<std::uint8_t>({15}, {1});

  const auto high = evaluate(
      "BitShift", {bytes, four}, {{"direction", std::string("RIGHT")}});
  const auto low = evaluate("BitwiseAnd", {bytes, mask});
  const auto codes = evaluate(
      "Concat", {low->front(), high->front()}, {{"axis", std::int64_t{1}}});
  const auto weights = evaluate(
      "DequantizeLinear",
      {codes->front(),
       Constant::from<float>({0.5F, 2.0F}, {2}),
       Constant::from<std::uint8_t>({3, 5}, {2})},
      {{"axis", std::int64_t{0}}});

  EXPECT_EQ(
      weights->front().to_double(), (std::vector<double>{0.0, 3.5, 20.0, 0.0}));
}

TEST(ConstantEvaluation, SumsUpAlongAnAxis) {
  const Constant numbers =
      Constant::from<std::int32_t>({1, 2, 3, 4, 5, 6}, {2, 3});
  const auto sums = [&](std::int64_t axis, bool excludes, bool is_reversed) {
    return evaluate(
               "CumSum",
               {numbers, Constant::scalar<std::int64_t>(axis)},
               {{"exclusive", std::int64_t{excludes}},
                {"reverse", std::int64_t{is_reversed}}})
        ->front()
        .to_int64();
  };

  EXPECT_EQ(sums(1, false, false), Integers({1, 3, 6, 4, 9, 15}));
  EXPECT_EQ(sums(-2, false, false), Integers({1, 2, 3, 5, 7, 9}));
  EXPECT_EQ(sums(1, true, false), Integers({0, 1, 3, 0, 4, 9}));
  EXPECT_EQ(sums(1, false, true), Integers({6, 5, 3, 15, 11, 6}));
}

TEST(ConstantEvaluation, ScattersElements) {
  const Constant zeros = Constant::from<float>({0, 0, 0, 0, 0, 0}, {2, 3});
  const Constant indices = Constant::from<std::int64_t>({2, 0, -2, 1}, {2, 2});
  const Constant updates = Constant::from<float>({1, 2, 3, 4}, {2, 2});

  const auto result = evaluate(
      "ScatterElements",
      {zeros, indices, updates},
      {{"axis", std::int64_t{1}}});

  EXPECT_EQ(
      result->front().to_double(), (std::vector<double>{2, 0, 1, 0, 4, 0}));
  EXPECT_FALSE(evaluate(
      "ScatterElements",
      {zeros, indices, updates},
      {{"reduction", std::string("add")}}));
}

TEST(ConstantEvaluation, NamesAnIndexThatIsOutside) {
  expect_error(ErrorCode::ShapeMismatch, "index 3", [] {
    static_cast<void>(evaluate("Gather", {integers({1, 2}), integers({3})}));
  });
  expect_error(ErrorCode::ShapeMismatch, "index -3", [] {
    static_cast<void>(evaluate(
        "ScatterElements", {integers({1, 2}), integers({-3}), integers({7})}));
  });
}

TEST(ConstantEvaluation, HasNoOpinionOnOtherOperators) {
  EXPECT_FALSE(evaluate("Softmax", {Constant::from<float>({1.0F}, {1})}));
}

}  // namespace
}  // namespace ompq
