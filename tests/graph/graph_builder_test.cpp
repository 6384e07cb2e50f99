// SPDX-License-Identifier: MIT
#include "ompq/graph/graph_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

GraphBuilder::NodeSpec node(
    const std::string& name,
    const std::string& op_type,
    std::vector<std::string> inputs,
    std::vector<std::string> outputs) {
  return {name, "", op_type, std::move(inputs), std::move(outputs), {}};
}

std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& item : graph.nodes()) {
    names.push_back(item.name);
  }
  return names;
}

std::string input_name(
    const Graph& graph, const std::string& node_name, std::size_t index) {
  const Node& item = graph.node(graph.find_node(node_name).value());
  return graph.value(item.input(index).value()).name;
}

std::string invalid_model(GraphBuilder builder) {
  try {
    static_cast<void>(std::move(builder).build());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidModel) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

/// x -> relu -> y, y -> neg -> z; z is the output.
GraphBuilder chain() {
  GraphBuilder builder("chain", 17);
  builder.add_input("x", DataType::Float32, {{{2, ""}}});
  builder.add_node(node("relu", "Relu", {"x"}, {"y"}));
  builder.add_node(node("neg", "Neg", {"y"}, {"z"}));
  builder.add_output("z");
  return builder;
}

TEST(GraphBuilder, ConnectsNodesAndValues) {
  const Graph graph = chain().build();

  const Value& y = graph.value(graph.find_value("y").value());
  EXPECT_EQ(graph.opset(), 17);
  EXPECT_EQ(y.producer, graph.find_node("relu"));
  EXPECT_THAT(y.consumers, ElementsAre(graph.find_node("neg").value()));
  EXPECT_EQ(graph.inputs().size(), 1U);
  EXPECT_TRUE(graph.is_output(graph.find_value("z").value()));
  EXPECT_FALSE(graph.find_value("nothing").has_value());
}

TEST(GraphBuilder, SortsOnlyWhatIsOutOfOrder) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node(node("c", "Add", {"a_out", "b_out"}, {"c_out"}));
  builder.add_node(node("b", "Relu", {"x"}, {"b_out"}));
  builder.add_node(node("a", "Relu", {"x"}, {"a_out"}));
  builder.add_output("c_out");

  EXPECT_THAT(
      node_names(std::move(builder).build()), ElementsAre("b", "a", "c"));
}

TEST(GraphBuilder, NamesUnnamedNodesWithoutClashes) {
  GraphBuilder builder = chain();
  builder.add_node(node("Abs_3", "Abs", {"z"}, {"a"}));

  EXPECT_EQ(builder.add_node(node("", "Abs", {"a"}, {"b"})), "Abs_4");
  EXPECT_EQ(builder.add_node(node("", "Relu", {"b"}, {"c"})), "Relu_4");
}

TEST(GraphBuilder, DropsWhatNoOutputNeeds) {
  GraphBuilder builder = chain();
  builder.add_constant("unused", Constant::scalar(1.0F));
  builder.add_node(node("dead", "Abs", {"lost"}, {"nowhere"}));

  const Graph graph = std::move(builder).build();

  EXPECT_THAT(node_names(graph), ElementsAre("relu", "neg"));
  EXPECT_FALSE(graph.find_value("unused").has_value());
}

TEST(GraphBuilder, KeepsAbsentInputsAndConstants) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_constant("high", Constant::scalar(6.0F));
  builder.add_node(node("clip", "Clip", {"x", "", "high"}, {"y"}));
  builder.add_output("y");

  const Graph graph = std::move(builder).build();

  const Node& clip = graph.node(graph.find_node("clip").value());
  EXPECT_FALSE(clip.input(1).has_value());
  EXPECT_EQ(graph.constant_input(clip, 0), nullptr);
  EXPECT_EQ(graph.constant_input(clip, 1), nullptr);
  ASSERT_NE(graph.constant_input(clip, 2), nullptr);
  EXPECT_EQ(graph.constant_input(clip, 2)->elements<float>()[0], 6.0F);
  EXPECT_FALSE(clip.input(3).has_value());
}

TEST(GraphBuilder, CopiesAGraph) {
  GraphBuilder builder = chain();
  builder.set_metadata("author", "nobody");
  builder.set_shape("y", {{{-1, "N"}, {4, ""}}});
  builder.set_type("y", DataType::Float64);

  const Graph copy = GraphBuilder(std::move(builder).build()).build();

  const Value& y = copy.value(copy.find_value("y").value());
  EXPECT_THAT(node_names(copy), ElementsAre("relu", "neg"));
  EXPECT_EQ(copy.metadata().at("author"), "nobody");
  EXPECT_EQ(y.type, DataType::Float64);
  ASSERT_TRUE(y.shape.has_value());
  EXPECT_EQ(y.shape->at(0), (Dimension{-1, "N"}));
  EXPECT_FALSE(y.static_shape().has_value());
}

TEST(GraphBuilder, RenamesTheValueThatReplacesAnOutput) {
  GraphBuilder builder = chain();
  builder.remove_node("neg");
  builder.replace_uses("z", "y");

  const Graph graph = std::move(builder).build();

  EXPECT_THAT(node_names(graph), ElementsAre("relu"));
  EXPECT_EQ(graph.value(graph.outputs()[0]).name, "z");
  EXPECT_FALSE(graph.find_value("y").has_value());
}

TEST(GraphBuilder, KeepsTheOutputsNameWhenANodeIsInsertedBeforeIt) {
  GraphBuilder builder = chain();
  builder.replace_uses("z", "quantized");
  builder.add_node(node("q", "Floor", {"z"}, {"quantized"}));

  const Graph graph = std::move(builder).build();

  EXPECT_THAT(node_names(graph), ElementsAre("relu", "neg", "q"));
  const Value& output = graph.value(graph.outputs()[0]);
  EXPECT_EQ(output.name, "z");
  EXPECT_EQ(output.producer, graph.find_node("q"));
  EXPECT_EQ(input_name(graph, "q", 0), "z_inner_1");
}

TEST(GraphBuilder, InsertsAnIdentityWhereAnInputReplacesAnOutput) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node(node("drop", "Dropout", {"x"}, {"y"}));
  builder.add_output("y");
  builder.remove_node("drop");
  builder.replace_uses("y", "x");

  const Graph graph = std::move(builder).build();

  ASSERT_EQ(graph.nodes().size(), 1U);
  EXPECT_EQ(graph.nodes()[0].op_type, "Identity");
  EXPECT_EQ(graph.value(graph.outputs()[0]).name, "y");
}

TEST(GraphBuilder, InsertsAnIdentityWhereOneValueIsTwoOutputs) {
  GraphBuilder builder = chain();
  builder.add_output("y");
  builder.remove_node("neg");
  builder.replace_uses("z", "y");

  const Graph graph = std::move(builder).build();

  EXPECT_EQ(graph.value(graph.outputs()[0]).name, "z");
  EXPECT_EQ(graph.value(graph.outputs()[1]).name, "y");
  EXPECT_EQ(graph.nodes().size(), 2U);
}

TEST(GraphBuilder, ReplacesANodeInItsPlace) {
  GraphBuilder builder = chain();
  builder.replace_node(
      "relu",
      {node("first", "Abs", {"x"}, {"t"}), node("", "Sqrt", {"t"}, {"y"})});

  EXPECT_THAT(
      node_names(std::move(builder).build()),
      ElementsAre("first", "Sqrt_0", "neg"));
}

TEST(GraphBuilder, NamesNodesBesideTheOneThatTheyReplace) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node(node("Relu_0", "Relu", {"x"}, {"y"}));
  builder.add_output("y");

  builder.replace_node(
      "Relu_0",
      {node("", "Relu", {"x"}, {"a"}), node("Relu_0", "Relu", {"a"}, {"y"})});

  EXPECT_THAT(
      node_names(std::move(builder).build()), ElementsAre("Relu_1", "Relu_0"));
}

TEST(GraphBuilder, GivesNamesThatAreNotInUse) {
  GraphBuilder builder = chain();

  EXPECT_EQ(builder.fresh_name("axes"), "axes");
  EXPECT_EQ(builder.fresh_name("y"), "y_1");
}

TEST(GraphBuilder, RejectsAMissingInitializer) {
  GraphBuilder builder = chain();
  builder.add_node(node("conv", "Conv", {"z", "weight"}, {"w"}));
  builder.add_output("w");

  const std::string message = invalid_model(std::move(builder));

  EXPECT_THAT(message, HasSubstr("'conv' (Conv): input 1 'weight'"));
}

TEST(GraphBuilder, RejectsACycleAndNamesItsNodes) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, {});
  builder.add_node(node("a", "Add", {"x", "b_out"}, {"a_out"}));
  builder.add_node(node("b", "Relu", {"a_out"}, {"b_out"}));
  builder.add_node(node("after", "Relu", {"b_out"}, {"y"}));
  builder.add_output("y");

  const std::string message = invalid_model(std::move(builder));

  EXPECT_THAT(message, HasSubstr("'a' -> 'b' -> 'a'"));
  EXPECT_THAT(message, Not(HasSubstr("'after'")));
}

TEST(GraphBuilder, RejectsNamesUsedTwice) {
  GraphBuilder values = chain();
  values.add_node(node("other", "Abs", {"x"}, {"y"}));
  EXPECT_THAT(
      invalid_model(std::move(values)),
      HasSubstr("'y' is used twice: for an output of node 'relu' and for an "
                "output of node 'other'"));

  GraphBuilder nodes = chain();
  nodes.add_node(node("relu", "Abs", {"x"}, {"w"}));
  EXPECT_THAT(invalid_model(std::move(nodes)), HasSubstr("'relu'"));

  GraphBuilder inputs = chain();
  inputs.add_constant("x", Constant::scalar(1.0F));
  EXPECT_THAT(invalid_model(std::move(inputs)), HasSubstr("a graph input"));

  GraphBuilder outputs = chain();
  outputs.add_output("z");
  EXPECT_THAT(invalid_model(std::move(outputs)), HasSubstr("'z'"));
}

TEST(GraphBuilder, RejectsGraphsWithoutOutputs) {
  GraphBuilder builder = chain();
  builder.clear_outputs();
  EXPECT_THAT(invalid_model(std::move(builder)), HasSubstr("no outputs"));

  GraphBuilder unknown = chain();
  unknown.add_output("nowhere");
  EXPECT_THAT(invalid_model(std::move(unknown)), HasSubstr("'nowhere'"));
}

TEST(Node, RejectsAttributesOfAnotherKind) {
  Node conv;
  conv.name = "conv";
  conv.op_type = "Conv";
  conv.attributes["group"] = 2.0F;

  try {
    static_cast<void>(conv.integer("group", 1));
    FAIL() << "no error was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::InvalidModel);
    EXPECT_THAT(
        error.what(),
        HasSubstr("'conv' (Conv): attribute 'group' must be an integer, got a "
                  "float"));
  }
  EXPECT_EQ(conv.integer("absent", 7), 7);
}

}  // namespace
}  // namespace ompq
