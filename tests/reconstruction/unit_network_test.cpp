// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_network.h"

#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/graph/subgraph.h"

#include "tests/graph/layered_network.h"
#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

/// Two layers with a Clip between them; the sum of what both give.
Graph two_layers() {
  LayeredNetwork net;
  net.layer("Conv", "x", "a", {4, 4, 3, 3}, {{"pads", kPadOne}}, 4);
  net.relu6("a", "b");
  net.layer("Conv", "b", "c", {4, 4, 1, 1}, {}, 4);
  net.add("Add", {"b", "c"}, "d");
  net.add("Relu", {"d"}, "y");
  return net.finish();
}

UnitNetwork make_unit_network(std::vector<std::string> quantized = {}) {
  return {two_layers(), {"a_node", "c_node"}, std::move(quantized)};
}

at::Tensor some_input(std::int64_t examples = 3) {
  at::manual_seed(7);
  return at::randn({examples, 4, 6, 5});
}

ActivationStep some_step() {
  return {.grid = {.bits = 4}, .scale = at::full({1}, 0.4F)};
}

at::Tensor run_float(const Graph& graph, const at::Tensor& input) {
  return Network(graph).run({{input.clone()}})[0][0];
}

/// The nodes that compute `to` from `from`.
Graph part(
    const std::vector<std::string>& nodes,
    const std::string& from,
    const std::string& to) {
  const Graph graph = two_layers();
  std::vector<NodeId> ids;
  for (const std::string& name : nodes) {
    ids.push_back(graph.find_node(name).value());
  }
  const std::vector<ValueId> inputs{graph.find_value(from).value()};
  const std::vector<ValueId> outputs{graph.find_value(to).value()};
  return subgraph(graph, ids, inputs, outputs);
}

LayerTensors zero_weights() {
  return {
      .weight = at::zeros({4, 4, 1, 1}),
      .bias = at::tensor({1.0F, -1.0F, 2.0F, -2.0F})};
}

TEST(UnitNetwork, ComputesTheFloatNetwork) {
  const UnitNetwork unit = make_unit_network();

  EXPECT_TRUE(tensor_near(
      unit.run({some_input()}, {})[0],
      run_float(unit.graph(), some_input()),
      {1e-4, 1e-4}));
}

TEST(UnitNetwork, QuantizesAValueBehindAClip) {
  const UnitNetwork unit = make_unit_network({"b"});
  const at::NoGradGuard no_gradients;

  const at::Tensor output =
      unit.run({some_input()}, {.activations = {some_step()}})[0];

  const at::Tensor clipped =
      run_float(part({"a_node", "b_node"}, "x", "b"), some_input());
  const at::Tensor expected = run_float(
      part({"c_node", "d_node", "y_node"}, "b", "y"),
      quantize_activation(clipped, some_step()));
  // A number in a hundred may fall on the other side of a tie.
  const double wrong = at::isclose(output, expected, 1e-4, 1e-4)
                           .logical_not()
                           .to(at::kDouble)
                           .mean()
                           .item<double>();
  EXPECT_LT(wrong, 0.01);
}

TEST(UnitNetwork, QuantizesAValueThatIsNoClip) {
  const UnitNetwork unit = make_unit_network({"d"});
  const at::NoGradGuard no_gradients;
  const at::Tensor sum = run_float(
      part({"a_node", "b_node", "c_node", "d_node"}, "x", "d"), some_input());

  const at::Tensor output =
      unit.run({some_input()}, {.activations = {some_step()}})[0];

  const at::Tensor expected = quantize_activation(sum, some_step()).relu();
  EXPECT_LT((output - expected).abs().mean().item<double>(), 1e-3);
}

TEST(UnitNetwork, KeepsValuesFloatThatAreDropped) {
  const UnitNetwork unit = make_unit_network({"b"});
  const at::NoGradGuard no_gradients;

  const at::Tensor output = unit.run(
      {some_input()},
      {.activations = {some_step()}},
      {.probability = 1.0, .seed = 3})[0];

  EXPECT_TRUE(tensor_near(output, unit.run({some_input()}, {})[0]));
}

TEST(UnitNetwork, TakesWeightsFromOutside) {
  const UnitNetwork unit = make_unit_network();

  const at::Tensor output =
      unit.run({some_input()}, {.layers = {{}, zero_weights()}})[0];

  const at::Tensor clipped =
      run_float(part({"a_node", "b_node"}, "x", "b"), some_input());
  EXPECT_TRUE(tensor_near(
      output,
      (clipped + zero_weights().bias.reshape({1, 4, 1, 1})).relu(),
      {1e-4, 1e-4}));
}

TEST(UnitNetwork, IsDifferentiable) {
  // Other numbers may have a kink of the network within a step.
  at::manual_seed(4);
  const UnitNetwork unit = make_unit_network();
  const at::Tensor direction = at::randn({3, 4, 6, 5});
  const auto loss = [&](const at::Tensor& weight) {
    return (unit.run({some_input()}, {.layers = {{}, {.weight = weight}}})[0] *
            direction)
        .sum();
  };
  const at::Tensor weight = at::randn({4, 4, 1, 1}).requires_grad_(true);

  loss(weight).backward();

  const at::NoGradGuard no_gradients;
  constexpr double kStep = 1e-2;
  for (const std::int64_t i : {0, 5, 15}) {
    at::Tensor change = at::zeros({16});
    change[i] = kStep;
    change = change.reshape({4, 4, 1, 1});
    const double numeric =
        (loss(weight + change) - loss(weight - change)).item<double>() /
        (2 * kStep);
    const auto exact = weight.grad().reshape({-1})[i].item<double>();
    EXPECT_NEAR(exact, numeric, 0.05 * std::abs(numeric) + 0.2);
  }
}

TEST(UnitPass, StopsBeforeEveryLayer) {
  const UnitNetwork unit = make_unit_network({"b"});
  const UnitTensors tensors{.activations = {some_step()}};
  const at::Tensor input = some_input();
  UnitPass pass(
      unit, {{input.narrow(0, 0, 2)}, {input.narrow(0, 2, 1)}}, tensors);

  ASSERT_EQ(pass.next_layer(), 0U);
  EXPECT_TRUE(at::equal(pass.layer_inputs()[1], input.narrow(0, 2, 1)));
  ASSERT_EQ(pass.next_layer(), 1U);
  const at::Tensor codes = pass.layer_inputs()[0] / some_step().scale;
  EXPECT_TRUE(tensor_near(codes, at::round(codes)));
  EXPECT_EQ(pass.run_layer()[0].sizes(), at::IntArrayRef({2, 4, 6, 5}));
  EXPECT_EQ(pass.next_layer(), std::nullopt);
  EXPECT_EQ(pass.next_layer(), std::nullopt);

  const at::NoGradGuard no_gradients;
  for (const std::size_t i : {0U, 1U}) {
    const at::Tensor some =
        i == 0 ? input.narrow(0, 0, 2) : input.narrow(0, 2, 1);
    EXPECT_TRUE(
        tensor_near(pass.outputs()[i][0], unit.run({some}, tensors)[0]));
  }
}

TEST(UnitPass, TakesWeightsWhileItStands) {
  const UnitNetwork unit = make_unit_network();
  UnitPass pass(unit, {{some_input()}}, {});
  ASSERT_EQ(pass.next_layer(), 0U);
  ASSERT_EQ(pass.next_layer(), 1U);
  const at::Tensor before = pass.run_layer()[0];

  pass.set_layer(1, zero_weights());

  EXPECT_FALSE(at::equal(pass.run_layer()[0], before));
  EXPECT_EQ(pass.next_layer(), std::nullopt);
  EXPECT_TRUE(tensor_near(
      pass.outputs()[0][0],
      unit.run({some_input()}, {.layers = {{}, zero_weights()}})[0]));
}

}  // namespace
}  // namespace ompq
