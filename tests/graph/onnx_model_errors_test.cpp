// SPDX-License-Identifier: MIT
// Files that are readable, but describe no network that ompq can use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/graph/model_proto.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

void expect_bad_model(
    ErrorCode code, const std::string& part, const onnx::ModelProto& model) {
  expect_error(code, part, [&] { static_cast<void>(parse(model)); });
}

TEST(OnnxModel, RejectsOtherOperatorSets) {
  for (const std::int64_t opset : {1, 6, 26}) {
    onnx::ModelProto model = empty_model();
    model.mutable_opset_import(0)->set_version(opset);
    add_node(*model.mutable_graph(), "Abs", {"x"}, {"y"});
    expect_bad_model(
        ErrorCode::Unsupported, fmt::format("opset {} ", opset), model);
  }
  onnx::ModelProto model = empty_model();
  model.mutable_opset_import(0)->set_domain("other");
  expect_bad_model(ErrorCode::InvalidModel, "which version", model);
}

TEST(OnnxModel, RejectsControlFlowAndCountsIt) {
  onnx::ModelProto model = empty_model();
  auto& graph = *model.mutable_graph();
  for (const char* name : {"one", "two"}) {
    auto& node = add_node(graph, "If", {"x"}, {name}, name);
    auto& branch = *node.add_attribute();
    branch.set_name("then_branch");
    branch.set_type(onnx::AttributeProto::GRAPH);
    branch.mutable_g();
  }
  add_node(graph, "Add", {"one", "two"}, {"y"});

  expect_bad_model(ErrorCode::Unsupported, "control flow If (2: 'one')", model);
}

TEST(OnnxModel, IgnoresControlFlowThatNoOutputNeeds) {
  onnx::ModelProto model = empty_model();
  auto& graph = *model.mutable_graph();
  auto& branch = *add_node(graph, "If", {"x"}, {"a"}).add_attribute();
  branch.set_name("then_branch");
  branch.set_type(onnx::AttributeProto::GRAPH);
  add_node(graph, "Abs", {"x"}, {"y"}, "abs");

  EXPECT_EQ(parse(model).nodes().size(), 1U);
}

TEST(OnnxModel, RejectsStringsOnlyWhereTheyAreNeeded) {
  onnx::ModelProto model = empty_model();
  auto& graph = *model.mutable_graph();
  onnx::TensorProto& text = *graph.add_initializer();
  text.set_name("text");
  text.set_data_type(onnx::TensorProto::STRING);
  text.add_dims(1);
  text.add_string_data()->push_back('a');
  add_node(graph, "Abs", {"x"}, {"y"}, "abs");
  EXPECT_EQ(parse(model).nodes().size(), 1U);

  *graph.mutable_node(0)->mutable_input(0) = text.name();
  expect_bad_model(
      ErrorCode::Unsupported, "a tensor of strings (1: 'text')", model);
}

TEST(OnnxModel, RejectsSparseTensorsAndInputsThatAreNoTensors) {
  onnx::ModelProto sparse = empty_model();
  sparse.mutable_graph()->add_sparse_initializer();
  expect_bad_model(ErrorCode::Unsupported, "sparse", sparse);

  onnx::ModelProto sequence = empty_model();
  sequence.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_sequence_type();
  expect_bad_model(
      ErrorCode::Unsupported, "input 'x' is not a tensor", sequence);
}

TEST(OnnxModel, RejectsImpossibleDimensions) {
  onnx::ModelProto negative = empty_model();
  negative.mutable_graph()->mutable_input()->Clear();
  add_value(*negative.mutable_graph()->mutable_input(), "x", {2, -5});
  expect_bad_model(ErrorCode::InvalidModel, "a dimension is -5", negative);

  onnx::ModelProto huge = empty_model();
  huge.mutable_graph()->mutable_input()->Clear();
  add_value(
      *huge.mutable_graph()->mutable_input(),
      "x",
      {1LL << 30, 1LL << 30, 1LL << 30});
  expect_bad_model(ErrorCode::InvalidModel, "value 'x' has", huge);
}

TEST(OnnxModel, RejectsNetworksThatDoNotHoldTogether) {
  onnx::ModelProto missing = empty_model();
  add_node(*missing.mutable_graph(), "Add", {"x", "w"}, {"y"}, "add");
  expect_bad_model(
      ErrorCode::InvalidModel,
      "test.onnx: node 'add' (Add): input 1 'w'",
      missing);

  onnx::ModelProto cycle = empty_model();
  add_node(*cycle.mutable_graph(), "Add", {"x", "b"}, {"a"}, "first");
  add_node(*cycle.mutable_graph(), "Abs", {"a"}, {"b"}, "second");
  add_node(*cycle.mutable_graph(), "Abs", {"b"}, {"y"}, "third");
  expect_bad_model(
      ErrorCode::InvalidModel, "'first' -> 'second' -> 'first'", cycle);

  onnx::ModelProto twice = empty_model();
  add_node(*twice.mutable_graph(), "Abs", {"x"}, {"y"});
  add_node(*twice.mutable_graph(), "Neg", {"x"}, {"y"});
  expect_bad_model(ErrorCode::InvalidModel, "'y' is used twice", twice);
}

TEST(OnnxModel, RejectsReferencesToAttributesOutsideFunctions) {
  onnx::ModelProto model = empty_model();
  auto& node = add_node(*model.mutable_graph(), "Abs", {"x"}, {"y"}, "abs");
  auto& attribute = *node.add_attribute();
  attribute.set_name("alpha");
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_ref_attr_name("beta");

  expect_bad_model(
      ErrorCode::InvalidModel, "'abs' (Abs): attribute 'alpha'", model);
}

TEST(OnnxModel, RejectsConstantNodesWithoutAValue) {
  onnx::ModelProto model = empty_model();
  add_node(*model.mutable_graph(), "Constant", {}, {"y"}, "nothing");

  expect_bad_model(ErrorCode::InvalidModel, "'nothing' (Constant)", model);
}

}  // namespace
}  // namespace ompq
