// SPDX-License-Identifier: MIT
// Quantizers of QONNX that ompq refuses.
#include <gtest/gtest.h>

#include "tests/graph/quant_node.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

void refuses(ErrorCode code, const std::string& part, const QuantNode& quant) {
  expect_error(code, "'node'", [&] { static_cast<void>(read_quant(quant)); });
  expect_error(code, part, [&] { static_cast<void>(read_quant(quant)); });
}

TEST(CanonicalQuant, RefusesRoundingThatTheEngineHasNot) {
  for (const char* rounding :
       {"CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN", "whatever"}) {
    refuses(
        ErrorCode::Unsupported,
        rounding,
        {.attributes = mode(true, false, rounding)});
  }
}

TEST(CanonicalQuant, RefusesParametersThatAreComputed) {
  const auto computed = ErrorCode::Unsupported;
  refuses(computed, "scale 'scale' is computed", {.scale = std::nullopt});
  refuses(computed, "'zero' is computed", {.zero_point = std::nullopt});
  refuses(computed, "'bits' is computed", {.bits = std::nullopt});
}

TEST(CanonicalQuant, RefusesWidthsThatMakeNoSense) {
  const auto with_bits = [](float bits) {
    return QuantNode{.bits = Constant::scalar(bits)};
  };
  refuses(ErrorCode::InvalidModel, "2.5", with_bits(2.5F));
  refuses(ErrorCode::InvalidModel, "bit width 0", with_bits(0.0F));
  refuses(ErrorCode::InvalidModel, "-3", with_bits(-3.0F));
  refuses(ErrorCode::Unsupported, "17 bits", with_bits(17.0F));
  refuses(
      ErrorCode::Unsupported,
      "[2]",
      {.bits = Constant::from<float>({4, 4}, {2})});
  refuses(
      ErrorCode::InvalidModel,
      "narrow",
      {.bits = Constant::scalar(1.0F), .attributes = mode(false, true)});
}

TEST(CanonicalQuant, RefusesScalesAndZeroPointsItCannotRun) {
  refuses(
      ErrorCode::InvalidModel, "scale 0", {.scale = Constant::scalar(0.0F)});
  refuses(
      ErrorCode::InvalidModel,
      "scale -1",
      {.scale = Constant::from<float>({1, -1}, {2, 1})});
  refuses(
      ErrorCode::Unsupported, "0.5", {.zero_point = Constant::scalar(0.5F)});
  refuses(
      ErrorCode::Unsupported,
      "zero points from 0 to 70000",
      {.zero_point = Constant::scalar(70000.0F),
       .bits = Constant::scalar(16.0F),
       .attributes = mode(false, false)});
  refuses(
      ErrorCode::Unsupported,
      "more than one axis",
      {.scale = Constant::from<float>({1, 2, 3, 4}, {2, 1, 2})});
  refuses(
      ErrorCode::ShapeMismatch,
      "[2, 1]",
      {.scale = Constant::from<float>({1, 2}, {2, 1}),
       .x = Constant::from<float>({1, 2, 3}, {3, 1}),
       .shape = {3, 1}});
  refuses(
      ErrorCode::ShapeMismatch,
      "[3, 1]",
      {.scale = Constant::from<float>({1, 2}, {2, 1}),
       .zero_point = Constant::from<float>({1, 2, 3}, {3, 1})});
  refuses(
      ErrorCode::Unsupported,
      "zero point 0, got 1",
      {.zero_point = Constant::scalar(1.0F), .bits = Constant::scalar(1.0F)});
}

TEST(CanonicalQuant, RefusesMissingInputsAndUnknownOperators) {
  GraphBuilder builder("short", 13);
  builder.add_input("x", DataType::Float32, {});
  builder.add_constant("scale", Constant::scalar(1.0F));
  builder.add_node(
      {"node", "onnx.brevitas", "Quant", {"x", "scale"}, {"y"}, {}});
  builder.add_output("y");
  const Graph graph = std::move(builder).build();
  expect_error(ErrorCode::InvalidModel, "'node' (Quant)", [&] {
    static_cast<void>(canonicalize(graph));
  });

  expect_error(ErrorCode::Unsupported, "qonnx.custom_op.general.Trunc", [&] {
    static_cast<void>(read_quant({.op_type = "Trunc"}));
  });
}

}  // namespace
}  // namespace ompq
