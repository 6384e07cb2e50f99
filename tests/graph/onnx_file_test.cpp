// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder.h"

#include "tests/graph/model_proto.h"
#include "tests/graph/same_graph.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Node& node : graph.nodes()) {
    names.push_back(node.name);
  }
  return names;
}

void expect_invalid_file(std::string_view bytes, const std::string& part) {
  expect_error(ErrorCode::InvalidFile, part, [&] {
    static_cast<void>(parse_onnx(bytes, "", "bad.onnx"));
  });
}

void expect_bad_model(
    ErrorCode code, const std::string& part, const onnx::ModelProto& model) {
  expect_error(code, part, [&] { static_cast<void>(parse(model)); });
}

/// Something of everything that a file may hold.
Graph varied_graph() {
  GraphBuilder builder("varied", 21);
  builder.set_metadata("key", "text");
  builder.add_input("x", DataType::Float32, {{{-1, "N"}, {4, ""}, {-1, ""}}});
  builder.add_constant("w", Constant::from<float>({1, -2, 3, 4}, {4, 1}));
  builder.add_constant(
      "codes",
      Constant::from<std::int32_t>({-8, 7, 1}, {3}).cast(DataType::Int4));
  builder.add_constant("empty", Constant::from<std::int64_t>({}, {0}));
  builder.add_constant("flag", Constant::scalar(true));
  builder.add_node(
      {"odd",
       "my.domain",
       "Odd",
       {"x", "", "w", "codes", "empty", "flag"},
       {"a", "", "b"},
       {{"int", std::int64_t{-3}},
        {"float", 0.25F},
        {"text", std::string("hello")},
        {"ints", std::vector<std::int64_t>{1, 2}},
        {"no_ints", std::vector<std::int64_t>{}},
        {"floats", std::vector<float>{0.5F}},
        {"texts", std::vector<std::string>{"a", ""}},
        {"tensor", Constant::from<double>({1.5}, {1})}}});
  builder.add_node({"add", "", "Add", {"a", "b"}, {"y"}, {}});
  builder.set_type("a", DataType::Float32);
  builder.set_shape("a", std::vector<Dimension>());
  builder.set_type("y", DataType::Float64);
  builder.add_output("y");
  builder.add_output("b");
  return std::move(builder).build();
}

TEST(OnnxFile, GivesBackTheGraphThatWasWritten) {
  const Graph graph = varied_graph();
  const TempDir folder;

  write_onnx(graph, folder.path() / "varied.onnx");

  expect_same_graph(graph, read_onnx(folder.path() / "varied.onnx"));
}

TEST(OnnxFile, HasTheSameBytesEveryTime) {
  EXPECT_EQ(serialize_onnx(varied_graph()), serialize_onnx(varied_graph()));
}

TEST(OnnxFile, StatesTheSmallestIrVersionOfItsOperatorSet) {
  const std::vector<std::pair<std::int64_t, std::int64_t>> versions{
      {7, 4}, {11, 6}, {13, 7}, {17, 8}, {19, 9}, {21, 10}, {23, 11}, {25, 13}};
  for (const auto& [opset, ir_version] : versions) {
    GraphBuilder builder("graph", opset);
    builder.add_input("x", DataType::Float32, {});
    builder.add_node({"relu", "", "Relu", {"x"}, {"y"}, {}});
    builder.add_output("y");
    onnx::ModelProto model;

    ASSERT_TRUE(
        model.ParseFromString(serialize_onnx(std::move(builder).build())));

    EXPECT_EQ(model.ir_version(), ir_version) << "opset " << opset;
  }
}

TEST(OnnxFile, KeepsNodeNamesAndMakesThemUnique) {
  onnx::ModelProto model = empty_model();
  auto& graph = *model.mutable_graph();
  add_node(graph, "Relu", {"x"}, {"a"}, "twice");
  add_node(graph, "Relu", {"a"}, {"b"}, "twice");
  add_node(graph, "Abs", {"b"}, {"c"});
  add_node(graph, "Neg", {"c"}, {"y"}, "Abs_2");

  EXPECT_THAT(
      node_names(parse(model)),
      ElementsAre("twice", "twice_2", "Abs_2_2", "Abs_2"));
}

TEST(OnnxFile, DoesNotFeedInitializersThatAreListedAsInputs) {
  onnx::ModelProto model = model_with(float_tensor("w", {3}, {1, 2, 3}));
  model.set_ir_version(3);
  add_value(*model.mutable_graph()->mutable_input(), "w", {3});

  const Graph graph = parse(model);

  ASSERT_EQ(graph.inputs().size(), 1U);
  EXPECT_EQ(graph.value(graph.inputs()[0]).name, "x");
}

TEST(OnnxFile, SortsNodesThatAreOutOfOrder) {
  onnx::ModelProto model = empty_model();
  add_node(*model.mutable_graph(), "Abs", {"a"}, {"y"}, "second");
  add_node(*model.mutable_graph(), "Neg", {"x"}, {"a"}, "first");

  EXPECT_THAT(node_names(parse(model)), ElementsAre("first", "second"));
}

TEST(OnnxFile, ReadsEveryFormOfConstantNode) {
  onnx::ModelProto model = empty_model();
  auto& graph = *model.mutable_graph();
  const auto constant = [&](const std::string& key) -> onnx::AttributeProto& {
    auto& node = add_node(graph, "Constant", {}, {key});
    node.add_attribute()->set_name(key);
    return *node.mutable_attribute(0);
  };
  constant("value_int").set_i(3);
  constant("value_float").set_f(0.5F);
  constant("value_ints").add_ints(7);
  constant("value_floats").add_floats(1.5F);
  *constant("value").mutable_t() = float_tensor("", {1, 1}, {2.5F});
  add_node(
      graph,
      "Sum",
      {"value_int", "value_float", "value_ints", "value_floats", "value"},
      {"y"});

  const Graph read = parse(model);

  EXPECT_EQ(read.nodes().size(), 1U);
  EXPECT_THAT(
      constant_named(read, "value_int").elements<std::int64_t>(),
      ElementsAre(3));
  EXPECT_EQ(constant_named(read, "value_int").shape(), Shape{});
  EXPECT_EQ(constant_named(read, "value_float").to_double()[0], 0.5);
  EXPECT_EQ(constant_named(read, "value_ints").shape(), Shape{1});
  EXPECT_EQ(constant_named(read, "value_floats").to_double()[0], 1.5);
  EXPECT_EQ(constant_named(read, "value").shape(), (Shape{1, 1}));
}

TEST(OnnxFile, ReadsMinusOneAsADynamicDimension) {
  onnx::ModelProto model = empty_model();
  auto& input = *model.mutable_graph()->mutable_input(0);
  auto& shape = *input.mutable_type()->mutable_tensor_type()->mutable_shape();
  shape.mutable_dim(0)->set_dim_value(-1);
  shape.mutable_dim(1)->set_dim_param("width");
  add_node(*model.mutable_graph(), "Abs", {"x"}, {"y"});

  const Graph graph = parse(model);

  const auto& dimensions = graph.value(graph.inputs()[0]).shape;
  EXPECT_THAT(
      dimensions.value(),
      ElementsAre(Dimension{-1, ""}, Dimension{-1, "width"}));
}

TEST(OnnxFile, RejectsWhatIsNoOnnxFile) {
  expect_invalid_file("", "empty");
  expect_invalid_file("hello, this is a text file\n", "bad.onnx: not an ONNX");
  expect_invalid_file("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not an ONNX file");
  expect_invalid_file("{\"layers\": []}", "not an ONNX file");
}

TEST(OnnxFile, RejectsEveryTruncatedFileWithAnError) {
  const std::string bytes = serialize_onnx(varied_graph());
  for (std::size_t length = 0; length + 1 < bytes.size(); ++length) {
    try {
      static_cast<void>(parse_onnx(
          std::string_view(bytes).substr(0, length), "", "cut.onnx"));
      // Only what follows the network (opset, metadata) may be missing.
      EXPECT_GT(length, bytes.size() - 40);
    } catch (const Error& error) {
      EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
    }
  }
  expect_invalid_file(
      std::string_view(bytes).substr(0, bytes.size() / 2), "truncated");
}

TEST(OnnxFile, RejectsAFileWithoutANetwork) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  expect_bad_model(ErrorCode::InvalidFile, "no network", model);
}

TEST(OnnxFile, NamesTheFileThatIsMissing) {
  const TempDir folder;
  const auto read = [&] {
    static_cast<void>(read_onnx(folder.path() / "absent.onnx"));
  };
  expect_error(ErrorCode::NotFound, "absent.onnx", read);
  expect_error(ErrorCode::NotFound, "folder", [&] {
    static_cast<void>(read_onnx(folder.path()));
  });
}

TEST(OnnxFile, LeavesNothingBehindWhereItCannotBeWritten) {
  const TempDir folder;
  expect_error(ErrorCode::OutputFailed, "absent", [&] {
    write_onnx(varied_graph(), folder.path() / "absent" / "model.onnx");
  });
}

}  // namespace
}  // namespace ompq
