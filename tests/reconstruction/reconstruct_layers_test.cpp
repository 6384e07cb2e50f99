// SPDX-License-Identifier: MIT
// reconstruct() on networks with every kind of layer and of ends.
#include <cmath>

#include "tests/graph/layered_network.h"
#include "tests/reconstruction/reconstruction_fixture.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;

/// Quantizes with weights of 6 bits and activations of 8 by every method;
/// expects outputs close to those of the float network.
void expect_close_outputs(
    const PreparedModel& model,
    const std::vector<Tensors>& calibration,
    double least_db = 18.0) {
  const std::size_t layers = model.layers.layers.size();
  for (const RoundingMethod method :
       {RoundingMethod::Nearest,
        RoundingMethod::Layer,
        RoundingMethod::Block}) {
    ReconstructionOptions options = short_run(method, 3);
    options.joint_iterations = 2;

    const Reconstruction result = reconstruct_plainly(
        model, uniform_plan(layers, 6, 8), calibration, options);

    EXPECT_EQ(result.model.layers.size(), layers);
    for (const double ratio : output_sqnr(model, result, calibration.front())) {
      EXPECT_GT(ratio, least_db) << "method " << static_cast<int>(method);
    }
  }
}

std::vector<Tensors> inputs_of_layered_network() {
  return random_batches({8, 4, 6, 5}, 4);
}

TEST(ReconstructLayers, ConvolutionsInGroupsWithZeroChannelsAndASum) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {8, 4, 3, 3}, {{"pads", kPadOne}}, 8);
  net.add("Relu", {"a"}, "b");
  net.layer(
      "Conv",
      "b",
      "c",
      {8, 2, 3, 3},
      {{"pads", kPadOne}, {"group", std::int64_t{4}}});
  net.add("Add", {"b", "c"}, "d");
  net.relu6("d", "e");
  net.layer("Conv", "e", "y", {8, 1, 3, 3}, {{"group", std::int64_t{8}}}, 8);

  expect_close_outputs(
      prepared(net.finish()), inputs_of_layered_network(), 12.0);
}

TEST(ReconstructLayers, TransposedConvolutions) {
  LayeredNetwork net;
  net.layer("ConvTranspose", "x", "a", {4, 6, 2, 2}, {}, 6);
  net.add("Relu", {"a"}, "b");
  net.layer(
      "ConvTranspose",
      "b",
      "c",
      {6, 2, 3, 3},
      {{"group", std::int64_t{3}}, {"strides", Integers{2, 2}}});
  net.add("Relu", {"c"}, "d");
  net.layer("Conv", "d", "y", {3, 6, 1, 1});

  expect_close_outputs(prepared(net.finish()), inputs_of_layered_network());
}

TEST(ReconstructLayers, MatrixProducts) {
  LayeredNetwork net;
  net.constant("rows", Constant::from<std::int64_t>({0, 24, 5}, {3}));
  net.add("Reshape", {"x", "rows"}, "a");
  net.layer("MatMul", "a", "b", {5, 7});
  net.add("Relu", {"b"}, "c");
  net.add("Flatten", {"c"}, "d", {{"axis", std::int64_t{1}}});
  net.layer("Gemm", "d", "e", {9, 168}, {{"transB", std::int64_t{1}}}, 9);
  net.add("Relu", {"e"}, "f");
  net.layer("Gemm", "f", "y", {9, 4}, {{"beta", 0.5F}, {"alpha", 2.0F}}, 4);

  expect_close_outputs(prepared(net.finish()), inputs_of_layered_network());
}

TEST(ReconstructLayers, ColumnGroupsOfMatrices) {
  LayeredNetwork net;
  net.add("Flatten", {"x"}, "a", {{"axis", std::int64_t{1}}});
  net.layer("Gemm", "a", "b", {120, 9}, {}, 9);
  net.add("Relu", {"b"}, "c");
  net.layer("MatMul", "c", "y", {9, 4});
  const PreparedModel model = prepared(net.finish());
  ReconstructionOptions options = short_run(RoundingMethod::Block, 4);
  options.group_size = 32;

  const Reconstruction result = reconstruct_plainly(
      model, uniform_plan(2, 6, 8), inputs_of_layered_network(), options);

  EXPECT_EQ(result.model.layers[0].weight.scales.size(), 9U * 4U);
  EXPECT_GT(
      output_sqnr(model, result, inputs_of_layered_network().front())[0], 20.0);
}

TEST(ReconstructLayers, TwoOutputs) {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {6, 4, 3, 3}, {{"pads", kPadOne}}, 6);
  net.add("Relu", {"a"}, "b");
  net.layer("Conv", "b", "y", {3, 6, 1, 1});
  net.add("GlobalAveragePool", {"b"}, "c");
  net.add("Flatten", {"c"}, "d", {{"axis", std::int64_t{1}}});
  net.layer("Gemm", "d", "z", {6, 5}, {}, 5);

  expect_close_outputs(
      prepared(net.finish({"y", "z"})), inputs_of_layered_network());
}

TEST(ReconstructLayers, ALayerWhoseOutputsAreAllZero) {
  LayeredNetwork net;
  net.constant(
      "nothing", Constant::from<float>(std::vector<float>(24), {6, 4, 1, 1}));
  net.add("Conv", {"x", "nothing"}, "a");
  net.layer("Conv", "x", "b", {6, 4, 1, 1});
  net.add("Add", {"a", "b"}, "c");
  net.layer("Conv", "c", "y", {3, 6, 1, 1});

  expect_close_outputs(prepared(net.finish()), inputs_of_layered_network());
}

TEST(ReconstructLayers, TwoLayersThatShareAWeight) {
  LayeredNetwork net;
  net.constant("shared", net.uneven_weight({4, 4, 1, 1}));
  net.add("Conv", {"x", "shared"}, "a");
  net.add("Relu", {"a"}, "b");
  net.add("Conv", {"b", "shared"}, "c");
  net.add("Add", {"b", "c"}, "d");
  net.layer("Conv", "d", "y", {3, 4, 1, 1});

  expect_close_outputs(prepared(net.finish()), inputs_of_layered_network());
}

/// y = conv(left) + conv(right); the batch is a number or open.
Graph two_inputs(std::int64_t batch) {
  RandomTensors random(5);
  GraphBuilder builder;
  std::vector<std::string> sums;
  for (const std::string name : {"left", "right"}) {
    builder.add_input(
        name,
        DataType::Float32,
        std::vector<Dimension>{
            {batch, batch < 0 ? "N" : ""}, {3, ""}, {4, ""}, {4, ""}});
    builder.add_constant(
        name + "_weight", random.tensor({5, 3, 3, 3}, -1.0F, 1.0F));
    builder.add_node(
        {name + "_conv",
         "",
         "Conv",
         {name, name + "_weight"},
         {name + "_out"},
         {}});
    sums.push_back(name + "_out");
  }
  builder.add_node({"sum", "", "Add", sums, {"y"}, {}});
  builder.add_output("y");
  return std::move(builder).build();
}

std::vector<Tensors> pairs(std::int64_t batch) {
  std::vector<Tensors> batches = random_batches({batch, 3, 4, 4}, 8);
  for (Tensors& inputs : batches) {
    inputs.push_back(at::randn({batch, 3, 4, 4}) * 3 + 1);
  }
  return batches;
}

TEST(ReconstructLayers, TwoInputs) {
  expect_close_outputs(prepared(two_inputs(-1)), pairs(6));
}

TEST(ReconstructLayers, ABatchThatTheFileFixes) {
  expect_close_outputs(prepared(two_inputs(6), false), pairs(6));
}

}  // namespace
}  // namespace ompq
