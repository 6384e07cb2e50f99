// SPDX-License-Identifier: MIT
#include "ompq/graph/canonical.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/graph/canonical_fixture.h"
#include "tests/graph/same_graph.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;

void expect_bad(
    ErrorCode code, const std::string& part, const OneNode& options) {
  expect_error(code, part, [&] { static_cast<void>(canonical(options)); });
}

TEST(Canonical, NamesEveryUnknownOperatorAtOnce) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node({"first", "", "Strange", {"x"}, {"a"}, {}});
  builder.add_node({"second", "", "Strange", {"a"}, {"b"}, {}});
  builder.add_node({"third", "com.x", "Relu", {"b"}, {"c"}, {}});
  builder.add_node({"fourth", "", "Relu", {"c"}, {"y"}, {}});
  builder.add_output("y");
  const Graph graph = std::move(builder).build();

  expect_error(
      ErrorCode::Unsupported,
      "Strange (2: 'first'), com.x.Relu (1: 'third')",
      [&] { static_cast<void>(canonicalize(graph)); });
}

TEST(Canonical, StatesItsOperatorSet) {
  EXPECT_EQ(canonical({.op_type = "Relu", .opset = 7}).opset(), 21);
  EXPECT_EQ(canonical({.op_type = "Relu", .opset = 25}).opset(), 21);
}

TEST(Canonical, StatesTheOperatorSetOfNewerOperators) {
  EXPECT_EQ(canonical({.op_type = "Swish", .opset = 25}).opset(), 24);
  EXPECT_EQ(
      canonical({.op_type = "RMSNormalization",
                 .opset = 25,
                 .constants = {floats({1, 1})}})
          .opset(),
      23);
}

TEST(Canonical, ChangesNothingTheSecondTime) {
  const Graph once = canonical(
      {.op_type = "Softmax",
       .opset = 11,
       .attributes = {{"axis", std::int64_t{1}}},
       .shape = {{{2, ""}, {3, ""}, {4, ""}}}});

  expect_same_graph(once, canonicalize(once));
}

TEST(Canonical, KeepsTheModelsNamesAndMetadata) {
  GraphBuilder builder(make_graph({.op_type = "Relu"}));
  builder.set_metadata("key", "text");

  const Graph graph = canonicalize(std::move(builder).build());

  EXPECT_EQ(graph.name(), "one");
  EXPECT_EQ(graph.metadata().at("key"), "text");
  EXPECT_EQ(graph.nodes()[0].name, "node");
}

TEST(Canonical, RejectsNodesWithoutTheirInputs) {
  expect_bad(
      ErrorCode::InvalidModel,
      "'node' (Conv): missing inputs; expected 2 to 3",
      {.op_type = "Conv"});
  expect_bad(
      ErrorCode::InvalidModel,
      "'node' (Relu): 2 inputs; expected 1",
      {.op_type = "Relu", .constants = {floats({1})}});
  expect_bad(
      ErrorCode::InvalidModel,
      "'node' (Slice): missing inputs",
      {.op_type = "Slice", .constants = {std::nullopt, int64s({1})}});

  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node({"node", "", "Softmax", {}, {"y"}, {}});
  builder.add_output("y");
  const Graph graph = std::move(builder).build();
  expect_error(ErrorCode::InvalidModel, "first input is missing", [&] {
    static_cast<void>(canonicalize(graph));
  });
}

TEST(Canonical, RejectsNodesWithoutTheirAttributes) {
  expect_bad(
      ErrorCode::InvalidModel,
      "'node' (Concat): attribute 'axis' is missing",
      {.op_type = "Concat"});
}

TEST(Canonical, RejectsAttributesOfAnotherKind) {
  expect_bad(
      ErrorCode::InvalidModel,
      "attribute 'axes' must be a list of integers, got an integer",
      {.op_type = "Squeeze",
       .opset = 11,
       .attributes = {{"axes", std::int64_t{0}}}});
}

TEST(Canonical, RemovesIdentityAndDropoutButKeepsNames) {
  GraphBuilder builder("chain", 12);
  builder.add_input("x", DataType::Float32, {});
  builder.add_node({"abs", "", "Abs", {"x"}, {"a"}, {}});
  builder.add_node({"id", "", "Identity", {"a"}, {"b"}, {}});
  builder.add_node({"drop", "", "Dropout", {"b"}, {"c", "mask"}, {}});
  builder.add_node({"neg", "", "Neg", {"c"}, {"d"}, {}});
  builder.add_node({"last", "", "Identity", {"d"}, {"y"}, {}});
  builder.add_output("y");

  const Graph graph = canonicalize(std::move(builder).build());

  EXPECT_THAT(op_types(graph), ElementsAre("Abs", "Neg"));
  EXPECT_EQ(graph.nodes()[1].inputs[0], graph.find_value("a"));
  EXPECT_EQ(graph.nodes()[1].output(0), graph.find_value("y"));
  EXPECT_EQ(graph.outputs()[0], graph.find_value("y"));
}

TEST(Canonical, KeepsOneIdentityWhereAnInputIsAnOutput) {
  const Graph graph = canonical({.op_type = "Identity"});

  EXPECT_THAT(op_types(graph), ElementsAre("Identity"));
  EXPECT_EQ(graph.value(graph.outputs()[0]).name, "y");
}

TEST(Canonical, RemovesDropoutWithRatioAndConstantMode) {
  const Graph graph = canonical(
      {.op_type = "Dropout",
       .opset = 13,
       .constants = {Constant::scalar(0.5F), Constant::scalar(false)}});

  EXPECT_THAT(op_types(graph), ElementsAre("Identity"));
  EXPECT_EQ(graph.nodes()[0].input(0), graph.inputs()[0]);
}

TEST(Canonical, RejectsDropoutThatTrains) {
  expect_bad(
      ErrorCode::Unsupported,
      "training_mode is not a constant 'false'",
      {.op_type = "Dropout",
       .constants = {std::nullopt, Constant::scalar(true)}});
  expect_bad(
      ErrorCode::Unsupported,
      "the mask is used",
      {.op_type = "Dropout", .outputs = {"", "mask"}});
}

TEST(Canonical, MakesConstantNodesConstants) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node(
      {"constant", "", "Constant", {}, {"c"}, {{"value", floats({2})}}});
  builder.add_node({"node", "", "Add", {"x", "c"}, {"y"}, {}});
  builder.add_output("y");

  const Graph graph = canonicalize(std::move(builder).build());

  EXPECT_THAT(op_types(graph), ElementsAre("Add"));
  EXPECT_THAT(reals_in(graph, main_node(graph), 1), ElementsAre(2));
}

TEST(Canonical, RejectsConstantNodesWithoutATensor) {
  GraphBuilder builder;
  builder.add_node({"node", "", "Constant", {}, {"y"}, {}});
  builder.add_output("y");
  const Graph graph = std::move(builder).build();

  expect_error(ErrorCode::InvalidModel, "'node' (Constant)", [&] {
    static_cast<void>(canonicalize(graph));
  });
}

TEST(CanonicalBatchNormalization, HasItsInferenceForm) {
  const Graph graph = canonical(
      {.op_type = "BatchNormalization",
       .opset = 7,
       .constants = {floats({1}), floats({0}), floats({0}), floats({1})},
       .attributes =
           {{"epsilon", 0.1F},
            {"momentum", 0.9F},
            {"spatial", std::int64_t{1}}},
       .outputs = {"y", "mean", "var"}});

  const Node& node = main_node(graph);
  EXPECT_EQ(node.outputs.size(), 1U);
  EXPECT_EQ(node.attributes.size(), 1U);
  EXPECT_EQ(node.real("epsilon", 0), 0.1F);
}

TEST(CanonicalBatchNormalization, IsRejectedInTraining) {
  const std::vector<std::optional<Constant>> parameters{
      floats({1}), floats({0}), floats({0}), floats({1})};
  expect_bad(
      ErrorCode::Unsupported,
      "training mode",
      {.op_type = "BatchNormalization",
       .opset = 15,
       .constants = parameters,
       .attributes = {{"training_mode", std::int64_t{1}}}});
  expect_bad(
      ErrorCode::Unsupported,
      "training mode",
      {.op_type = "BatchNormalization",
       .constants = parameters,
       .outputs = {"", "mean"}});
  expect_bad(
      ErrorCode::Unsupported,
      "spatial = 0",
      {.op_type = "BatchNormalization",
       .opset = 8,
       .constants = parameters,
       .attributes = {{"spatial", std::int64_t{0}}}});
}

TEST(CanonicalGroupNormalization, WithScalesPerGroupBecomesPerInstance) {
  const Graph graph = canonical(
      {.op_type = "GroupNormalization",
       .opset = 18,
       .constants = {floats({1, 2}), floats({3, 4})},
       .attributes = {{"num_groups", std::int64_t{2}}, {"epsilon", 0.5F}}});

  EXPECT_THAT(
      op_types(graph),
      ElementsAre("Shape", "Reshape", "InstanceNormalization", "Reshape"));
  EXPECT_THAT(integers_in(graph, graph.nodes()[1], 1), ElementsAre(0, 2, -1));
  EXPECT_EQ(main_node(graph).real("epsilon", 0), 0.5F);
  EXPECT_FALSE(main_node(graph).has("num_groups"));
}

TEST(CanonicalGroupNormalization, OfOpset21Stays) {
  const OneNode options{
      .op_type = "GroupNormalization",
      .opset = 21,
      .constants = {floats({1, 2}), floats({3, 4})},
      .attributes = {{"num_groups", std::int64_t{2}}}};

  EXPECT_THAT(op_types(canonical(options)), ElementsAre("GroupNormalization"));
}

TEST(CanonicalGroupNormalization, NeedsGroups) {
  expect_bad(
      ErrorCode::InvalidModel,
      "num_groups >= 1, got 3 and 0",
      {.op_type = "GroupNormalization",
       .opset = 18,
       .constants = {floats({1}), floats({3})}});
}

TEST(CanonicalOutputs, ThatNothingReadsAreLeftOut) {
  const Graph graph = canonical(
      {.op_type = "MaxPool",
       .attributes = {{"kernel_shape", std::vector<std::int64_t>{2, 2}}},
       .outputs = {"y", "indices"}});

  EXPECT_EQ(main_node(graph).outputs.size(), 1U);
}

}  // namespace
}  // namespace ompq
