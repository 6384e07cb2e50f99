// SPDX-License-Identifier: MIT
#include "ompq/graph/fold_batch_norm.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/graph/plain_network.h"

namespace ompq {
namespace {

using Attributes = std::map<std::string, Attribute>;
using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kInputs = 4;
constexpr std::int64_t kOutputs = 6;

/// A network with one image as input and random numbers everywhere else.
class Sketch {
 public:
  explicit Sketch(Shape input = {2, kInputs, 7, 6}) : input_(input) {
    std::vector<Dimension> dimensions;
    for (const std::int64_t size : input) {
      dimensions.push_back({.size = size, .symbol = {}});
    }
    builder_.add_input("x", DataType::Float32, dimensions);
  }

  void norm(
      const std::string& from,
      const std::string& to,
      std::int64_t channels,
      bool shifts = true) {
    constant(to + "_gamma", {channels}, 0.5F, 2.0F);
    const float shift = shifts ? 1.0F : 0.0F;
    constant(to + "_beta", {channels}, -shift, shift);
    constant(to + "_mean", {channels}, -shift, shift);
    constant(to + "_var", {channels}, 0.3F, 3.0F);
    add("BatchNormalization",
        {from, to + "_gamma", to + "_beta", to + "_mean", to + "_var"},
        to,
        {{"epsilon", 1e-3F}});
  }

  void layer(
      const std::string& op,
      const std::string& from,
      const std::string& to,
      const Shape& weight,
      const Attributes& attributes = {},
      std::int64_t bias = 0) {
    constant(to + "_weight", weight, -1.0F, 1.0F);
    std::vector<std::string> inputs{from, to + "_weight"};
    if (bias > 0) {
      constant(to + "_bias", {bias}, -1.0F, 1.0F);
      inputs.push_back(to + "_bias");
    }
    add(op, inputs, to, attributes);
  }

  void constant(const std::string& name, const Shape& shape, float a, float b) {
    builder_.add_constant(name, random_.tensor(shape, a, b));
  }

  void add(
      const std::string& op,
      const std::vector<std::string>& inputs,
      const std::string& output,
      const Attributes& attributes = {}) {
    builder_.add_node({output + "_node", "", op, inputs, {output}, attributes});
  }

  GraphBuilder& builder() { return builder_; }

  Graph finish(const std::vector<std::string>& outputs = {"y"}) {
    for (const std::string& output : outputs) {
      builder_.add_output(output);
    }
    return infer_shapes(std::move(builder_).build());
  }

  Constant input() { return random_.tensor(input_, -1.0F, 1.0F); }

 private:
  Shape input_;
  RandomTensors random_{7};
  GraphBuilder builder_;
};

int count(const Graph& graph, const std::string& op) {
  return static_cast<int>(std::count_if(
      graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
        return node.op_type == op;
      }));
}

/// Folds, and compares what both networks compute.
Graph fold_and_compare(Sketch& sketch, const Graph& graph) {
  Graph folded = fold_batch_norm(graph);
  const Constant input = sketch.input();
  const auto expected = run_plainly(graph, input);
  const auto actual = run_plainly(folded, input);
  EXPECT_EQ(expected.size(), actual.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LT(largest_difference(expected[i], actual[i]), 1e-5);
  }
  return folded;
}

TEST(FoldBatchNorm, ScalesTheConvBeforeIt) {
  for (const std::int64_t bias : {std::int64_t{0}, kOutputs}) {
    for (const std::int64_t group : {1, 2}) {
      Sketch sketch;
      sketch.layer(
          "Conv",
          "x",
          "c",
          {kOutputs, kInputs / group, 3, 3},
          {{"group", group}, {"pads", Integers{1, 1, 1, 1}}},
          bias);
      sketch.norm("c", "y", kOutputs);

      const Graph folded = fold_and_compare(sketch, sketch.finish());

      EXPECT_EQ(folded.nodes().size(), 1U);
      EXPECT_EQ(folded.nodes()[0].name, "c_node");
      EXPECT_NE(folded.constant_input(folded.nodes()[0], 2), nullptr);
      EXPECT_TRUE(folded.value(folded.outputs()[0]).static_shape());
    }
  }
}

TEST(FoldBatchNorm, ScalesAConvTransposeWithGroups) {
  for (const std::int64_t group : {1, 2}) {
    Sketch sketch;
    sketch.layer(
        "ConvTranspose",
        "x",
        "c",
        {kInputs, kOutputs / group, 3, 2},
        {{"group", group}, {"strides", Integers{2, 1}}},
        kOutputs);
    sketch.norm("c", "y", kOutputs);

    const Graph folded = fold_and_compare(sketch, sketch.finish());

    EXPECT_EQ(count(folded, "BatchNormalization"), 0);
  }
}

TEST(FoldBatchNorm, ScalesAGemmWithItsFactors) {
  for (const std::int64_t transposed : {0, 1}) {
    Sketch sketch({3, kInputs});
    const Shape weight =
        transposed != 0 ? Shape{kOutputs, kInputs} : Shape{kInputs, kOutputs};
    sketch.layer(
        "Gemm",
        "x",
        "g",
        weight,
        {{"transB", transposed}, {"alpha", 0.5F}, {"beta", 3.0F}},
        kOutputs);
    sketch.norm("g", "y", kOutputs);

    const Graph folded = fold_and_compare(sketch, sketch.finish());

    EXPECT_EQ(folded.nodes().size(), 1U);
  }
}

TEST(FoldBatchNorm, GoesIntoTheConvBehindItWhereNothingIsPadded) {
  for (const std::int64_t pad : {0, 1}) {
    Sketch sketch;
    sketch.norm("x", "n", kInputs);
    sketch.layer(
        "Conv",
        "n",
        "y",
        {kOutputs, kInputs / 2, 3, 3},
        {{"group", std::int64_t{2}}, {"pads", Integers(4, pad)}});

    const Graph folded = fold_and_compare(sketch, sketch.finish());

    // Zeros around the input would have to be shifted, too.
    EXPECT_EQ(count(folded, "BatchNormalization"), pad == 0 ? 0 : 1);
  }
}

TEST(FoldBatchNorm, GoesThroughAPadThatIsTheSameOnBothSides) {
  for (const bool shifts : {true, false}) {
    for (const char* mode : {"constant", "reflect"}) {
      Sketch sketch;
      sketch.norm("x", "n", kInputs, shifts);
      sketch.builder().add_constant(
          "pads", Constant::from<std::int64_t>({0, 0, 1, 1, 0, 0, 1, 2}, {8}));
      sketch.add("Pad", {"n", "pads"}, "p", {{"mode", std::string(mode)}});
      sketch.layer("Conv", "p", "y", {kOutputs, kInputs, 3, 3});

      const Graph folded = fold_and_compare(sketch, sketch.finish());

      const bool exact = !shifts || std::string(mode) == "reflect";
      EXPECT_EQ(count(folded, "BatchNormalization"), exact ? 0 : 1) << mode;
    }
  }
}

TEST(FoldBatchNorm, LeavesAConvAloneThatOthersRead) {
  Sketch sketch;
  sketch.layer("Conv", "x", "c", {kOutputs, kInputs, 1, 1});
  sketch.norm("c", "n", kOutputs);
  sketch.add("Add", {"c", "n"}, "y");

  const Graph folded = fold_and_compare(sketch, sketch.finish());

  EXPECT_EQ(count(folded, "BatchNormalization"), 1);
}

TEST(FoldBatchNorm, LeavesAConvAloneThatIsAnOutput) {
  Sketch sketch;
  sketch.layer("Conv", "x", "c", {kOutputs, kInputs, 1, 1});
  sketch.norm("c", "y", kOutputs);

  const Graph folded = fold_and_compare(sketch, sketch.finish({"y", "c"}));

  EXPECT_EQ(count(folded, "BatchNormalization"), 1);
}

TEST(FoldBatchNorm, DoesNotChangeAWeightThatAnotherConvShares) {
  Sketch sketch;
  sketch.layer("Conv", "x", "a", {kOutputs, kInputs, 3, 3});
  sketch.norm("a", "n", kOutputs);
  sketch.add("Conv", {"x", "a_weight"}, "b");
  sketch.add("Add", {"n", "b"}, "y");

  const Graph folded = fold_and_compare(sketch, sketch.finish());

  EXPECT_EQ(count(folded, "BatchNormalization"), 0);
}

TEST(FoldBatchNorm, FoldsAChainOfThem) {
  Sketch sketch;
  sketch.norm("x", "n1", kInputs);
  sketch.layer("Conv", "n1", "c", {kOutputs, kInputs, 3, 3});
  sketch.norm("c", "n2", kOutputs);
  sketch.norm("n2", "y", kOutputs);

  const Graph folded = fold_and_compare(sketch, sketch.finish());

  EXPECT_EQ(folded.nodes().size(), 1U);
}

TEST(FoldBatchNorm, LeavesOneWithoutALayerAlone) {
  Sketch sketch;
  sketch.norm("x", "n", kInputs);
  sketch.add("Add", {"n", "x"}, "y");

  const Graph folded = fold_and_compare(sketch, sketch.finish());

  EXPECT_EQ(count(folded, "BatchNormalization"), 1);
}

}  // namespace
}  // namespace ompq
