// SPDX-License-Identifier: MIT
// Old forms of operators and the form of opset 21 they get.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/graph/canonical_fixture.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using Integers = std::vector<std::int64_t>;

void expect_invalid(const std::string& part, const OneNode& options) {
  expect_error(ErrorCode::InvalidModel, part, [&] {
    static_cast<void>(canonical(options));
  });
}

TEST(CanonicalClip, HasItsLimitsAsInputs) {
  const Graph graph = canonical(
      {.op_type = "Clip",
       .opset = 6 + 1,
       .attributes = {{"min", 0.0F}, {"max", 6.0F}}});

  EXPECT_TRUE(main_node(graph).attributes.empty());
  EXPECT_THAT(reals_in(graph, main_node(graph), 1), ElementsAre(0));
  EXPECT_THAT(reals_in(graph, main_node(graph), 2), ElementsAre(6));
}

TEST(CanonicalClip, MayHaveOneLimitOnly) {
  const Graph high =
      canonical({.op_type = "Clip", .opset = 9, .attributes = {{"max", 6.0F}}});
  EXPECT_FALSE(main_node(high).input(1).has_value());
  EXPECT_THAT(reals_in(high, main_node(high), 2), ElementsAre(6));

  const Graph low = canonical(
      {.op_type = "Clip", .opset = 9, .attributes = {{"min", -1.0F}}});
  EXPECT_THAT(reals_in(low, main_node(low), 1), ElementsAre(-1));
  EXPECT_FALSE(main_node(low).input(2).has_value());
}

TEST(CanonicalClip, HasLimitsOfTheTypeOfItsInput) {
  const Graph graph = canonical(
      {.op_type = "Clip",
       .opset = 9,
       .attributes = {{"min", 0.0F}},
       .type = DataType::Float64});

  EXPECT_EQ(
      graph.constant_input(main_node(graph), 1)->type(), DataType::Float64);
}

TEST(CanonicalClip, OfOpset11Stays) {
  const Graph graph = canonical(
      {.op_type = "Clip",
       .opset = 11,
       .constants = {std::nullopt, Constant::scalar(6.0F)}});

  EXPECT_FALSE(main_node(graph).input(1).has_value());
  EXPECT_THAT(reals_in(graph, main_node(graph), 2), ElementsAre(6));
}

TEST(CanonicalAxes, AreAnInput) {
  for (const char* op_type :
       {"Squeeze",
        "Unsqueeze",
        "ReduceSum",
        "ReduceMean",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd",
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceSumSquare"}) {
    const Graph graph = canonical(
        {.op_type = op_type,
         .opset = 11,
         .attributes = {{"axes", Integers{1, -1}}}});

    EXPECT_THAT(integers_in(graph, main_node(graph), 1), ElementsAre(1, -1))
        << op_type;
    EXPECT_FALSE(main_node(graph).has("axes")) << op_type;
  }
}

TEST(CanonicalAxes, MayBeAbsentAndOtherAttributesStay) {
  const Graph graph = canonical(
      {.op_type = "ReduceMean",
       .opset = 13,
       .attributes = {{"keepdims", std::int64_t{0}}}});

  EXPECT_EQ(main_node(graph).inputs.size(), 1U);
  EXPECT_EQ(main_node(graph).integer("keepdims", 1), 0);
}

TEST(CanonicalAxes, OfTheNewFormStay) {
  const Graph graph = canonical(
      {.op_type = "ReduceSum",
       .opset = 13,
       .constants = {int64s({2})},
       .attributes = {{"noop_with_empty_axes", std::int64_t{1}}}});

  EXPECT_THAT(integers_in(graph, main_node(graph), 1), ElementsAre(2));
  EXPECT_EQ(main_node(graph).integer("noop_with_empty_axes", 0), 1);
}

TEST(CanonicalAxes, MayNotBeGivenTwice) {
  expect_invalid(
      "with attribute 'axes' it has 1 input, got 2",
      {.op_type = "Squeeze",
       .constants = {int64s({0})},
       .attributes = {{"axes", Integers{0}}}});
}

TEST(CanonicalPad, HasPadsAndValueAsInputs) {
  const Graph graph = canonical(
      {.op_type = "Pad",
       .opset = 7,
       .attributes = {
           {"pads", Integers{0, 1, 0, 2}},
           {"value", 3.0F},
           {"mode", std::string("constant")}}});

  EXPECT_THAT(integers_in(graph, main_node(graph), 1), ElementsAre(0, 1, 0, 2));
  EXPECT_THAT(reals_in(graph, main_node(graph), 2), ElementsAre(3));
  EXPECT_EQ(main_node(graph).attributes.size(), 1U);
}

TEST(CanonicalPad, OmitsAValueOfZero) {
  const Graph graph = canonical(
      {.op_type = "Pad", .opset = 9, .attributes = {{"pads", Integers{1, 1}}}});

  EXPECT_EQ(main_node(graph).inputs.size(), 2U);
}

TEST(CanonicalSlice, HasItsArgumentsAsInputs) {
  const Graph graph = canonical(
      {.op_type = "Slice",
       .opset = 9,
       .attributes = {
           {"starts", Integers{1, 0}},
           {"ends", Integers{-1, 5}},
           {"axes", Integers{2, 3}}}});

  const Node& node = main_node(graph);
  EXPECT_THAT(integers_in(graph, node, 1), ElementsAre(1, 0));
  EXPECT_THAT(integers_in(graph, node, 2), ElementsAre(-1, 5));
  EXPECT_THAT(integers_in(graph, node, 3), ElementsAre(2, 3));
  EXPECT_EQ(node.inputs.size(), 4U);
  EXPECT_TRUE(node.attributes.empty());
}

TEST(CanonicalSlice, NeedsArgumentsOfOneLength) {
  expect_invalid(
      "starts, ends and axes differ",
      {.op_type = "Slice",
       .opset = 9,
       .attributes = {{"starts", Integers{1, 0}}, {"ends", Integers{2}}}});
}

TEST(CanonicalSplit, HasItsSizesAsInput) {
  const Graph graph = canonical(
      {.op_type = "Split",
       .opset = 11,
       .attributes = {{"split", Integers{1, 2}}, {"axis", std::int64_t{1}}},
       .outputs = {"y", "z"}});

  EXPECT_THAT(integers_in(graph, main_node(graph), 1), ElementsAre(1, 2));
  EXPECT_EQ(main_node(graph).integer("axis", 0), 1);
  EXPECT_FALSE(main_node(graph).has("num_outputs"));
}

TEST(CanonicalSplit, StatesTheNumberOfEqualParts) {
  for (const std::int64_t opset : {7, 11, 13}) {
    const Graph graph = canonical(
        {.op_type = "Split", .opset = opset, .outputs = {"y", "z", "w"}});

    EXPECT_EQ(main_node(graph).integer("num_outputs", 0), 3) << opset;
    EXPECT_EQ(main_node(graph).outputs.size(), 3U) << opset;
  }
}

TEST(CanonicalTopK, HasItsNumberAsInput) {
  const Graph graph = canonical(
      {.op_type = "TopK",
       .opset = 9,
       .attributes = {{"k", std::int64_t{5}}},
       .outputs = {"y", "indices"}});

  EXPECT_THAT(integers_in(graph, main_node(graph), 1), ElementsAre(5));
  EXPECT_FALSE(main_node(graph).has("k"));
  EXPECT_EQ(main_node(graph).outputs.size(), 2U);
}

TEST(CanonicalScatter, IsScatterElements) {
  const Graph graph = canonical(
      {.op_type = "Scatter",
       .opset = 9,
       .constants = {int64s({0}), floats({1})}});

  EXPECT_THAT(op_types(graph), ElementsAre("ScatterElements"));
}

TEST(CanonicalSoftmax, OverTheLastAxisStaysOneNode) {
  const std::vector<Dimension> matrix{{-1, "N"}, {10, ""}};
  for (const char* op_type : {"Softmax", "LogSoftmax", "Hardmax"}) {
    const Graph by_default =
        canonical({.op_type = op_type, .opset = 9, .shape = matrix});
    EXPECT_THAT(op_types(by_default), ElementsAre(op_type));
    EXPECT_EQ(main_node(by_default).integer("axis", 0), -1);
  }

  const Graph negative = canonical(
      {.op_type = "Softmax",
       .opset = 11,
       .attributes = {{"axis", std::int64_t{-1}}}});
  EXPECT_THAT(op_types(negative), ElementsAre("Softmax"));
}

TEST(CanonicalSoftmax, AfterALayerOfMatricesStaysOneNode) {
  GraphBuilder builder("graph", 9);
  builder.add_input("x", DataType::Float32, {});
  builder.add_constant("w", Constant::from<float>({1, 2}, {2, 1}));
  builder.add_node({"gemm", "", "Gemm", {"x", "w"}, {"a"}, {}});
  builder.add_node({"node", "", "Softmax", {"a"}, {"y"}, {}});
  builder.add_output("y");

  const Graph graph = canonicalize(std::move(builder).build());

  EXPECT_THAT(op_types(graph), ElementsAre("Gemm", "Softmax"));
}

TEST(CanonicalSoftmax, OverSeveralAxesIsFlattened) {
  const Graph graph = canonical(
      {.op_type = "Softmax",
       .opset = 12,
       .attributes = {{"axis", std::int64_t{2}}},
       .shape = {{{2, ""}, {3, ""}, {4, ""}, {5, ""}}}});

  EXPECT_THAT(
      op_types(graph), ElementsAre("Shape", "Flatten", "Softmax", "Reshape"));
  EXPECT_EQ(graph.nodes()[1].integer("axis", 0), 2);
  EXPECT_EQ(main_node(graph).integer("axis", 0), -1);
  EXPECT_EQ(graph.nodes()[3].input(1), graph.nodes()[0].output(0));
  EXPECT_EQ(graph.nodes()[3].output(0), graph.outputs()[0]);
}

TEST(CanonicalSoftmax, OfOpset13Stays) {
  const Graph graph = canonical(
      {.op_type = "Softmax",
       .opset = 13,
       .attributes = {{"axis", std::int64_t{1}}},
       .shape = {{{2, ""}, {3, ""}, {4, ""}}}});

  EXPECT_THAT(op_types(graph), ElementsAre("Softmax"));
  EXPECT_EQ(main_node(graph).integer("axis", 0), 1);
}

}  // namespace
}  // namespace ompq
