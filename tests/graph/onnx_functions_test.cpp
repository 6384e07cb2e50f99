// SPDX-License-Identifier: MIT
// Model-local functions are expanded when a file is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/graph/model_proto.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;

std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) {
    names.push_back(node.name);
  }
  return names;
}

onnx::FunctionProto& add_function(
    onnx::ModelProto& model,
    const std::string& name,
    const std::vector<std::string>& inputs,
    const std::vector<std::string>& outputs) {
  onnx::FunctionProto& function = *model.add_functions();
  function.set_domain("local");
  function.set_name(name);
  function.mutable_input()->Add(inputs.begin(), inputs.end());
  function.mutable_output()->Add(outputs.begin(), outputs.end());
  function.add_opset_import()->set_version(13);
  return function;
}

onnx::NodeProto& call(
    onnx::ModelProto& model,
    const std::string& function,
    const std::vector<std::string>& inputs,
    const std::vector<std::string>& outputs,
    const std::string& name = "call") {
  auto& node =
      add_node(*model.mutable_graph(), function, inputs, outputs, name);
  node.set_domain("local");
  return node;
}

void set_float(
    onnx::AttributeProto& attribute, const std::string& name, float number) {
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(number);
}

/// leaky(a) = LeakyRelu(-a), alpha = slope
onnx::FunctionProto& add_leaky(onnx::ModelProto& model) {
  auto& function = add_function(model, "leaky", {"a"}, {"b"});
  function.add_attribute("slope");
  add_node(function, "Neg", {"a"}, {"inner"}, "neg");
  auto& leaky = add_node(function, "LeakyRelu", {"inner"}, {"b"});
  leaky.add_attribute()->set_name("alpha");
  leaky.mutable_attribute(0)->set_type(onnx::AttributeProto::FLOAT);
  leaky.mutable_attribute(0)->set_ref_attr_name("slope");
  return function;
}

TEST(OnnxFunction, IsExpandedWhereItIsCalled) {
  onnx::ModelProto model = empty_model();
  add_leaky(model);
  set_float(*call(model, "leaky", {"x"}, {"y"}).add_attribute(), "slope", 0.5F);

  const Graph graph = parse(model);

  EXPECT_THAT(node_names(graph), ElementsAre("call/neg", "call/LeakyRelu_1"));
  EXPECT_TRUE(graph.find_value("call/inner").has_value());
  EXPECT_EQ(graph.nodes()[1].real("alpha", 0), 0.5F);
  EXPECT_EQ(graph.value(graph.outputs()[0]).producer, graph.nodes()[1].id);
}

TEST(OnnxFunction, LeavesOutAttributesThatTheCallerDoesNotGive) {
  onnx::ModelProto model = empty_model();
  add_leaky(model);
  call(model, "leaky", {"x"}, {"y"});

  EXPECT_FALSE(parse(model).nodes()[1].has("alpha"));
}

TEST(OnnxFunction, UsesItsDefaultsForAttributes) {
  onnx::ModelProto model = empty_model();
  auto& function = add_leaky(model);
  onnx::AttributeProto standard;
  set_float(standard, "slope", 0.125F);
  // Field 11, attribute_proto, is newer than the messages we build with.
  function.GetReflection()->MutableUnknownFields(&function)->AddLengthDelimited(
      11, standard.SerializeAsString());
  call(model, "leaky", {"x"}, {"y"});

  EXPECT_EQ(parse(model).nodes()[1].real("alpha", 0), 0.125F);
}

TEST(OnnxFunction, KeepsTwoCallsApart) {
  onnx::ModelProto model = empty_model();
  add_leaky(model);
  call(model, "leaky", {"x"}, {"call/inner"}, "same");
  call(model, "leaky", {"call/inner"}, {"y"}, "same");

  const Graph graph = parse(model);

  EXPECT_THAT(
      node_names(graph),
      ElementsAre(
          "same/neg", "same/LeakyRelu_1", "same_2/neg", "same_2/LeakyRelu_1"));
}

TEST(OnnxFunction, MayCallAnother) {
  onnx::ModelProto model = empty_model();
  add_leaky(model);
  auto& outer = add_function(model, "outer", {"p"}, {"q"});
  add_node(outer, "leaky", {"p"}, {"r"}, "in").set_domain("local");
  add_node(outer, "Abs", {"r"}, {"q"}, "abs");
  call(model, "outer", {"x"}, {"y"});

  EXPECT_THAT(
      node_names(parse(model)),
      ElementsAre("call/in/neg", "call/in/LeakyRelu_1", "call/abs"));
}

TEST(OnnxFunction, MayHandAnInputThrough) {
  onnx::ModelProto model = empty_model();
  add_function(model, "same", {"a"}, {"a"});
  call(model, "same", {"x"}, {"y"});

  const Graph graph = parse(model);

  ASSERT_EQ(graph.nodes().size(), 1U);
  EXPECT_EQ(graph.nodes()[0].op_type, "Identity");
}

TEST(OnnxFunction, MayBeCalledWithoutOptionalInputs) {
  onnx::ModelProto model = empty_model();
  auto& function = add_function(model, "clip", {"a", "low"}, {"b"});
  add_node(function, "Clip", {"a", "low"}, {"b"});
  call(model, "clip", {"x"}, {"y"});

  EXPECT_FALSE(parse(model).nodes()[0].input(1).has_value());
}

TEST(OnnxFunction, HidesAnOperatorOfTheSameName) {
  onnx::ModelProto model = empty_model();
  auto& function = add_function(model, "Relu", {"a"}, {"b"});
  function.set_domain("ai.onnx");
  add_node(function, "Abs", {"a"}, {"b"}, "abs");
  add_node(*model.mutable_graph(), "Relu", {"x"}, {"y"}, "relu");

  EXPECT_THAT(node_names(parse(model)), ElementsAre("relu/abs"));
}

TEST(OnnxFunction, IsRejectedIfItCallsItself) {
  onnx::ModelProto model = empty_model();
  auto& function = add_function(model, "endless", {"a"}, {"b"});
  add_node(function, "endless", {"a"}, {"b"}).set_domain("local");
  call(model, "endless", {"x"}, {"y"});

  expect_error(ErrorCode::InvalidModel, "'endless' calls itself", [&] {
    static_cast<void>(parse(model));
  });
}

TEST(OnnxFunction, IsRejectedIfTheArgumentsDoNotFit) {
  onnx::ModelProto model = empty_model();
  add_leaky(model);
  call(model, "leaky", {"x", "x"}, {"y"});

  expect_error(ErrorCode::InvalidModel, "the call has 2 and 1", [&] {
    static_cast<void>(parse(model));
  });
}

TEST(OnnxFunction, IsRejectedIfItHasAnotherOperatorSet) {
  onnx::ModelProto model = empty_model();
  add_leaky(model).mutable_opset_import(0)->set_version(17);
  call(model, "leaky", {"x"}, {"y"});

  expect_error(ErrorCode::Unsupported, "opset 17, the model in 13", [&] {
    static_cast<void>(parse(model));
  });
}

TEST(OnnxFunction, IsRejectedIfItGrowsWithoutBound) {
  onnx::ModelProto model = empty_model();
  std::string inner = "Abs";
  for (int level = 0; level < 40; ++level) {
    const std::string name = "level" + std::to_string(level);
    auto& function = add_function(model, name, {"a"}, {"b"});
    add_node(function, inner, {"a"}, {"m"}).set_domain(level ? "local" : "");
    add_node(function, inner, {"m"}, {"b"}).set_domain(level ? "local" : "");
    inner = name;
  }
  call(model, inner, {"x"}, {"y"});

  expect_error(ErrorCode::Unsupported, "functions are expanded", [&] {
    static_cast<void>(parse(model));
  });
}

TEST(OnnxFunction, IsRejectedIfCallsNestTooDeep) {
  onnx::ModelProto model = empty_model();
  std::string inner = "Abs";
  for (int level = 0; level < 300; ++level) {
    const std::string name = "level" + std::to_string(level);
    auto& function = add_function(model, name, {"a"}, {"b"});
    add_node(function, inner, {"a"}, {"b"}).set_domain(level ? "local" : "");
    inner = name;
  }
  call(model, inner, {"x"}, {"y"});

  expect_error(ErrorCode::Unsupported, "256 levels deep", [&] {
    static_cast<void>(parse(model));
  });
}

}  // namespace
}  // namespace ompq
