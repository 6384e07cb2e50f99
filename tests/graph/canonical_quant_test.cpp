// SPDX-License-Identifier: MIT
// Quantizers of QONNX and the standard operators they become.
#include <cmath>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/shape_inference.h"

#include "tests/graph/canonical_fixture.h"
#include "tests/graph/quant_node.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using Floats = std::vector<float>;

/// y for the input, by the engine.
at::Tensor run(const QuantNode& quant, const at::Tensor& input) {
  const Graph graph = infer_shapes(read_quant(quant));
  return Network(graph, {.fuse = false}).run({{input.clone()}})[0][0];
}

/// QONNX's definition in float32.
at::Tensor by_definition(
    const at::Tensor& x,
    const at::Tensor& scale,
    const at::Tensor& zero,
    int bits,
    bool is_signed,
    bool narrow) {
  const double low =
      is_signed ? -std::pow(2, bits - 1) + (narrow ? 1 : 0) : 0.0;
  const double high = is_signed ? std::pow(2, bits - 1) - 1
                                : std::pow(2, bits) - 1 - (narrow ? 1 : 0);
  const at::Tensor codes = at::round(at::clamp(x / scale + zero, low, high));
  return (codes - zero) * scale;
}

/// Numbers from -3 to 3 whose hundredths are never a half code of 0.1.
at::Tensor numbers(const Shape& shape) {
  at::Tensor x = at::empty(shape);
  const at::Tensor flat = x.view({-1});
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    flat[i] = static_cast<float>((i * 37) % 601 - 300) / 100.0F + 0.0021F;
  }
  return x;
}

TEST(CanonicalQuant, OfAnActivationComputesWhatQonnxDefines) {
  const at::Tensor x = numbers({2, 3, 50});
  for (const int bits : {2, 3, 4, 8, 12, 16}) {
    for (const bool is_signed : {false, true}) {
      for (const bool narrow : {false, true}) {
        for (const float zero : {0.0F, 3.0F, is_signed ? -2.0F : 1.0F}) {
          const QuantNode quant{
              .zero_point = Constant::scalar(zero),
              .bits = Constant::scalar(static_cast<float>(bits)),
              .attributes = mode(is_signed, narrow),
              .shape = {2, 3, 50}};
          EXPECT_TRUE(at::equal(
              run(quant, x),
              by_definition(
                  x,
                  at::scalar_tensor(0.1F),
                  at::scalar_tensor(zero),
                  bits,
                  is_signed,
                  narrow)))
              << bits << is_signed << narrow << zero;
        }
      }
    }
  }
}

TEST(CanonicalQuant, RoundsHalvesToEvenCodes) {
  const at::Tensor x =
      at::tensor({-2.5F, -1.5F, -0.5F, 0.5F, 1.5F, 2.5F}).reshape({1, 6});
  const at::Tensor y =
      run({.scale = Constant::scalar(1.0F), .shape = {1, 6}}, x);

  EXPECT_TRUE(at::equal(
      y, at::tensor({-2.0F, -2.0F, 0.0F, 0.0F, 2.0F, 2.0F}).reshape({1, 6})));
}

TEST(CanonicalQuant, OfAnActivationIsClipQuantizeDequantize) {
  EXPECT_THAT(
      op_types(read_quant({})),
      ElementsAre("Clip", "QuantizeLinear", "DequantizeLinear", "Add"));
  EXPECT_THAT(
      op_types(read_quant({.bits = Constant::scalar(8.0F)})),
      ElementsAre("QuantizeLinear", "DequantizeLinear", "Add"));
  EXPECT_THAT(
      op_types(read_quant(
          {.bits = Constant::scalar(8.0F), .attributes = mode(true, true)})),
      ElementsAre("Clip", "QuantizeLinear", "DequantizeLinear", "Add"));
}

TEST(CanonicalQuant, ReadsTheNamesAndDomainsOfOlderFiles) {
  for (const char* domain :
       {"qonnx.custom_op.general", "finn.custom_op.general", "onnx.brevitas"}) {
    for (const char* op_type : {"Quant", "IntQuant"}) {
      EXPECT_EQ(
          read_quant({.op_type = op_type, .domain = domain}).nodes().size(), 4U)
          << domain << op_type;
    }
  }
}

TEST(CanonicalQuant, HasTheDefaultsOfTheSpecification) {
  const at::Tensor x = numbers({2, 3, 2});
  EXPECT_TRUE(at::equal(
      run({.attributes = {}}, x), run({.attributes = mode(true, false)}, x)));
  EXPECT_TRUE(at::equal(
      run({.attributes = mode(true, false, "half_even")}, x), run({}, x)));
}

TEST(CanonicalQuant, OfChannelsOfAnActivationKeepsTheirScales) {
  const Floats scales{0.1F, 0.2F, 0.05F};
  const Floats zeros{1.0F, 0.0F, 2.0F};
  for (const Shape& shape : {Shape{1, 3, 1}, Shape{3, 1}}) {
    const QuantNode quant{
        .scale = Constant::from<float>(scales, shape),
        .zero_point = Constant::from<float>(zeros, shape),
        .attributes = mode(false, false),
        .shape = {2, 3, 50}};
    const at::Tensor x = numbers({2, 3, 50});

    EXPECT_TRUE(at::equal(
        run(quant, x),
        by_definition(
            x,
            at::tensor(scales).reshape({1, 3, 1}),
            at::tensor(zeros).reshape({1, 3, 1}),
            4,
            false,
            false)));
  }
}

TEST(CanonicalQuant, OfAConstantIsItsCodes) {
  const Graph graph = read_quant(
      {.scale = Constant::from<float>({0.5F, 0.25F}, {2, 1}),
       .attributes = mode(true, true),
       .x = Constant::from<float>({1.0F, -0.6F, 9.0F, -9.0F}, {2, 2}),
       .shape = {2, 2}});

  const Node& node = main_node(graph);
  EXPECT_EQ(node.op_type, "DequantizeLinear");
  EXPECT_EQ(graph.constant_input(node, 0)->type(), DataType::Int8);
  EXPECT_THAT(integers_in(graph, node, 0), ElementsAre(2, -1, 7, -7));
  EXPECT_THAT(reals_in(graph, node, 1), ElementsAre(0.5, 0.25));
  EXPECT_EQ(node.integer("axis", 1), -2);
}

TEST(CanonicalQuant, OfEqualScalesHasOne) {
  const Graph graph = read_quant(
      {.scale = Constant::from<float>({0.5F, 0.5F}, {2, 1}),
       .zero_point = Constant::from<float>({0, 0, 0, 0}, {2, 2}),
       .x = Constant::from<float>({1.0F, -0.6F, 9.0F, -9.0F}, {2, 2}),
       .shape = {2, 2}});

  EXPECT_EQ(graph.constant_input(main_node(graph), 1)->shape(), Shape{});
  EXPECT_FALSE(main_node(graph).has("axis"));
}

TEST(CanonicalQuant, OfConstantsInGroupsHasBlocks) {
  const Floats scales{1, 2, 1, 2, 1, 2, 3, 1, 3, 1, 3, 1, 4, 2};
  const Floats x{5, 4, -3, 2, 1, 0, 9, 3, 6, 7, -9, 2, 8, 8};
  const QuantNode quant{
      .scale = Constant::from<float>(scales, {7, 2}),
      .x = Constant::from<float>(x, {7, 2}),
      .shape = {7, 2}};
  const Graph graph = read_quant(quant);

  EXPECT_EQ(main_node(graph).integer("axis", 1), -2);
  EXPECT_EQ(main_node(graph).integer("block_size", 0), 3);
  EXPECT_THAT(
      reals_in(graph, main_node(graph), 1), ElementsAre(1, 2, 3, 1, 4, 2));
  EXPECT_TRUE(at::equal(
      run(quant, at::zeros({7, 2})),
      by_definition(
          at::tensor(x).reshape({7, 2}),
          at::tensor(scales).reshape({7, 2}),
          at::scalar_tensor(0.0F),
          4,
          true,
          false)));
}

TEST(CanonicalQuant, OfAConstantMayHaveAScaleForEachElement) {
  const Floats scales{1, 2, 3, 4, 5, 6};
  const Floats x{5, 4, -3, 2, 11, 30};
  EXPECT_TRUE(at::equal(
      run({.scale = Constant::from<float>(scales, {2, 3}),
           .x = Constant::from<float>(x, {2, 3}),
           .shape = {2, 3}},
          at::zeros({2, 3})),
      by_definition(
          at::tensor(x).reshape({2, 3}),
          at::tensor(scales).reshape({2, 3}),
          at::scalar_tensor(0.0F),
          4,
          true,
          false)));
}

TEST(CanonicalQuant, OfAConstantMayHaveManyBits) {
  const Graph graph = read_quant(
      {.scale = Constant::scalar(0x1p-20F),
       .bits = Constant::scalar(24.0F),
       .x = Constant::from<float>({1.5F, -2.0F}, {2}),
       .shape = {2}});

  EXPECT_THAT(
      integers_in(graph, main_node(graph), 0),
      ElementsAre(3 << 19, -(1 << 21)));
}

TEST(CanonicalQuant, TakesAContainerThatHoldsItsZeroPoint) {
  const QuantNode quant{
      .zero_point = Constant::scalar(-20.0F),
      .attributes = mode(false, false),
      .shape = {2, 3, 50}};
  const at::Tensor x = numbers({2, 3, 50});
  EXPECT_TRUE(at::equal(
      run(quant, x),
      by_definition(
          x,
          at::scalar_tensor(0.1F),
          at::scalar_tensor(-20.0F),
          4,
          false,
          false)));
}

TEST(CanonicalQuant, OfOneUnsignedBitHasTwoLevels) {
  const at::Tensor x = at::tensor({-1.0F, 0.04F, 0.06F, 5.0F}).reshape({1, 4});
  EXPECT_TRUE(at::equal(
      run({.bits = Constant::scalar(1.0F),
           .attributes = mode(false, false),
           .shape = {1, 4}},
          x),
      at::tensor({0.0F, 0.0F, 0.1F, 0.1F}).reshape({1, 4})));
}

TEST(CanonicalQuant, IsBipolarWithOneSignedBit) {
  const at::Tensor x = at::tensor({-1.0F, -0.0F, 0.06F, 5.0F}).reshape({1, 4});
  const at::Tensor expected =
      at::tensor({-0.1F, 0.1F, 0.1F, 0.1F}).reshape({1, 4});
  EXPECT_TRUE(at::equal(
      run({.bits = Constant::scalar(1.0F), .shape = {1, 4}}, x), expected));
  EXPECT_TRUE(at::equal(
      run({.op_type = "BipolarQuant", .attributes = {}, .shape = {1, 4}}, x),
      expected));
}

TEST(CanonicalQuant, OfABipolarConstantIsItsSigns) {
  const Graph graph = read_quant(
      {.op_type = "BipolarQuant",
       .attributes = {},
       .x = Constant::from<float>({0.0F, -0.3F, 2.0F}, {3}),
       .shape = {3}});

  EXPECT_EQ(main_node(graph).op_type, "DequantizeLinear");
  EXPECT_THAT(integers_in(graph, main_node(graph), 0), ElementsAre(1, -1, 1));
}

}  // namespace
}  // namespace ompq
