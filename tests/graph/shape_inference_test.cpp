// SPDX-License-Identifier: MIT
#include "ompq/graph/shape_inference.h"

#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;
using Dimensions = std::vector<Dimension>;

const Dimension kBatch{.size = -1, .symbol = "batch"};

Dimension fixed(std::int64_t size) {
  return {.size = size, .symbol = {}};
}

Constant integers(const Integers& elements) {
  return Constant::from<std::int64_t>(
      elements, {static_cast<std::int64_t>(elements.size())});
}

/// A graph under construction with the float32 input "x".
GraphBuilder network(const Dimensions& shape) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, shape);
  return builder;
}

/// "[N, 8]"
std::string shape_of(const Graph& graph, const std::string& value) {
  std::string text;
  for (const Dimension& dimension :
       *graph.value(*graph.find_value(value)).shape) {
    text += text.empty() ? "[" : ", ";
    text += dimension.is_dynamic() ? dimension.symbol
                                   : std::to_string(dimension.size);
  }
  return text + "]";
}

void add(
    GraphBuilder& builder,
    const std::string& op,
    const std::vector<std::string>& inputs,
    const std::string& output,
    const std::map<std::string, Attribute>& attributes = {}) {
  builder.add_node({output + "_node", "", op, inputs, {output}, attributes});
}

Graph build(GraphBuilder builder, const std::string& output) {
  builder.add_output(output);
  return std::move(builder).build();
}

TEST(InferShapes, KeepsTheBatchOpen) {
  GraphBuilder builder = network({kBatch, fixed(3), fixed(8), fixed(8)});
  builder.add_constant(
      "w", Constant::from<float>(std::vector<float>(4 * 3 * 9), {4, 3, 3, 3}));
  add(builder, "Conv", {"x", "w"}, "c");
  add(builder, "Flatten", {"c"}, "y");

  const Graph graph = infer_shapes(build(std::move(builder), "y"));

  EXPECT_EQ(shape_of(graph, "x"), "[N, 3, 8, 8]");
  EXPECT_EQ(shape_of(graph, "c"), "[N, 4, 6, 6]");
  EXPECT_EQ(shape_of(graph, "y"), "[N, 144]");
  EXPECT_TRUE(is_batch_polymorphic(graph));
}

TEST(InferShapes, FoldsShapeComputationsThatDoNotDependOnTheBatch) {
  GraphBuilder builder = network({kBatch, fixed(6), fixed(5)});
  builder.add_constant("two", integers({2}));
  builder.add_constant("minus_one", integers({-1}));
  add(builder, "Shape", {"x"}, "shape");
  add(builder, "Gather", {"shape", "two"}, "width");
  add(builder,
      "Concat",
      {"minus_one", "width"},
      "target",
      {{"axis", std::int64_t{0}}});
  add(builder, "Reshape", {"x", "target"}, "y");

  const Graph graph = infer_shapes(build(std::move(builder), "y"));

  EXPECT_EQ(graph.nodes().size(), 1U);
  EXPECT_EQ(shape_of(graph, "y"), "[6N, 5]");
  EXPECT_EQ(
      graph.value(*graph.find_value("target")).constant->to_int64(),
      Integers({-1, 5}));
}

TEST(InferShapes, KeepsShapeComputationsThatDependOnTheBatch) {
  GraphBuilder builder = network({kBatch, fixed(6), fixed(5)});
  builder.add_constant("zero", integers({0}));
  builder.add_constant("minus_one", integers({-1}));
  add(builder, "Shape", {"x"}, "shape");
  add(builder, "Gather", {"shape", "zero"}, "count");
  add(builder,
      "Concat",
      {"count", "minus_one"},
      "target",
      {{"axis", std::int64_t{0}}});
  add(builder, "Reshape", {"x", "target"}, "y");

  const Graph graph = infer_shapes(build(std::move(builder), "y"));

  EXPECT_EQ(graph.nodes().size(), 4U);
  EXPECT_EQ(shape_of(graph, "y"), "[N, 30]");
}

TEST(InferShapes, OpensABatchThatAReshapeFixes) {
  for (const Integers& target :
       {Integers{1, 12}, Integers{1, -1}, Integers{1, 4, 3}}) {
    GraphBuilder builder = network({fixed(1), fixed(3), fixed(2), fixed(2)});
    builder.add_constant("target", integers(target));
    add(builder, "Reshape", {"x", "target"}, "y");

    const Graph graph = infer_shapes(build(std::move(builder), "y"));

    EXPECT_TRUE(is_batch_polymorphic(graph)) << to_string(target);
    EXPECT_EQ(graph.constant_input(graph.nodes()[0], 1)->to_int64()[0], 0);
    const Value& output = graph.value(graph.outputs()[0]);
    EXPECT_EQ(element_count(*shape_at_batch(output, 5)), 60);
  }
}

TEST(InferShapes, OpensABatchThatASliceFixes) {
  GraphBuilder builder = network({fixed(1), fixed(3), fixed(8)});
  builder.add_constant("starts", integers({0, 0, 2}));
  builder.add_constant("ends", integers({1, 3, 6}));
  builder.add_constant("axes", integers({0, 1, 2}));
  add(builder, "Slice", {"x", "starts", "ends", "axes"}, "y");

  const Graph graph = infer_shapes(build(std::move(builder), "y"));

  EXPECT_EQ(shape_of(graph, "y"), "[N, 3, 4]");
}

TEST(InferShapes, TakesAnOpenBatchAtItsWord) {
  // The target names the batch at another place than the first.
  GraphBuilder builder = network({kBatch, fixed(6)});
  builder.add_constant("target", integers({1, -1, 6, 1}));
  builder.add_constant("back", integers({-1, 6}));
  add(builder, "Reshape", {"x", "target"}, "r");
  add(builder, "Reshape", {"r", "back"}, "y");

  const Graph graph = infer_shapes(build(std::move(builder), "y"));

  EXPECT_EQ(shape_of(graph, "r"), "[1, N, 6, 1]");
  EXPECT_EQ(shape_of(graph, "y"), "[N, 6]");
}

TEST(InferShapes, KeepsSamplesApartOrTheBatchFixed) {
  // A mean over the batch, a sample taken out, a softmax between samples.
  using Tail = std::function<void(GraphBuilder&)>;
  const std::vector<Tail> tails{
      [](GraphBuilder& builder) {
        builder.add_constant("axes", integers({0}));
        add(builder, "ReduceMean", {"x", "axes"}, "y");
      },
      [](GraphBuilder& builder) {
        builder.add_constant("first", integers({0}));
        add(builder, "Gather", {"x", "first"}, "y");
      },
      [](GraphBuilder& builder) {
        add(builder, "Softmax", {"x"}, "y", {{"axis", std::int64_t{0}}});
      },
      [](GraphBuilder& builder) {
        add(builder, "Transpose", {"x"}, "y", {{"perm", Integers{1, 0}}});
      },
      [](GraphBuilder& builder) {
        builder.add_constant("c", Constant::from<float>({1.0F, 2.0F}, {1, 2}));
        add(builder, "Concat", {"x", "c"}, "y", {{"axis", std::int64_t{1}}});
      }};
  for (const Tail& tail : tails) {
    GraphBuilder builder = network({fixed(1), fixed(4)});
    tail(builder);

    const Graph graph = infer_shapes(build(std::move(builder), "y"));

    EXPECT_FALSE(is_batch_polymorphic(graph)) << graph.nodes()[0].op_type;
    EXPECT_EQ(shape_of(graph, "x"), "[1, 4]");
  }
}

TEST(InferShapes, AsksForADimensionThatIsOpen) {
  const Graph graph = [] {
    GraphBuilder builder = network({kBatch, fixed(3), kBatch, kBatch});
    add(builder, "Relu", {"x"}, "y");
    return build(std::move(builder), "y");
  }();

  expect_error(ErrorCode::InvalidModel, "--input-shape x=1,3,224,224", [&] {
    static_cast<void>(infer_shapes(graph));
  });
  const Graph inferred = infer_shapes(
      graph, {.input_shapes = {{"x", {1, 3, 20, 30}}}, .batch = 1});
  EXPECT_EQ(shape_of(inferred, "y"), "[N, 3, 20, 30]");
}

TEST(InferShapes, RejectsShapesForWhatIsNoInput) {
  GraphBuilder builder = network({kBatch, fixed(3)});
  add(builder, "Relu", {"x"}, "y");
  const Graph graph = build(std::move(builder), "y");

  expect_error(ErrorCode::InvalidArgument, "'x'", [&] {
    static_cast<void>(
        infer_shapes(graph, {.input_shapes = {{"image", {1, 3}}}, .batch = 1}));
  });
  expect_error(ErrorCode::InvalidArgument, "[1, 3, 4]", [&] {
    static_cast<void>(
        infer_shapes(graph, {.input_shapes = {{"x", {1, 3, 4}}}, .batch = 1}));
  });
}

TEST(InferShapes, NamesTheNodeWhoseShapesDoNotFit) {
  GraphBuilder builder = network({kBatch, fixed(3)});
  builder.add_constant("c", Constant::from<float>({1.0F, 2.0F}, {2}));
  add(builder, "Add", {"x", "c"}, "sum");
  const Graph graph = build(std::move(builder), "sum");

  expect_error(ErrorCode::ShapeMismatch, "'sum_node' (Add)", [&] {
    static_cast<void>(infer_shapes(graph));
  });
}

TEST(ShapeAtBatch, ReadsHowADimensionGrows) {
  Value value;
  value.shape = Dimensions{
      {.size = -1, .symbol = "N"},
      {.size = -1, .symbol = "49N"},
      {.size = -1, .symbol = "2N+1"},
      {.size = -1, .symbol = "3N-2"},
      {.size = 7, .symbol = {}},
      {.size = -1, .symbol = "batch"}};

  EXPECT_EQ(shape_at_batch(value), Shape({1, 49, 3, 1, 7, 1}));
  EXPECT_EQ(shape_at_batch(value, 10), Shape({10, 490, 21, 28, 7, 10}));
}

}  // namespace
}  // namespace ompq
