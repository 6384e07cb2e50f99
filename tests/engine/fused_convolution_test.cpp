// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/support/tensor_near.h"

namespace ompq {
namespace {

/// A convolution and what follows it.
struct Block {
  std::int64_t groups = 1;
  /// Channels of a group.
  std::int64_t inputs = 1;
  std::int64_t outputs = 1;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  bool has_residual = false;
  bool has_relu = false;
  /// Columns of the kernel beyond its rows.
  std::int64_t wider = 0;
};

std::vector<Dimension> pictures(std::int64_t channels) {
  return {{-1, "N"}, {channels, ""}, {7, ""}, {6, ""}};
}

Graph graph_of(const Block& block) {
  GraphBuilder builder("block", 21);
  const std::int64_t channels = block.groups * block.outputs;
  const std::int64_t kernel = block.kernel;
  const std::int64_t width = kernel + block.wider;
  builder.add_input(
      "x", DataType::Float32, pictures(block.groups * block.inputs));
  builder.add_constant(
      "weight",
      to_constant(at::randn({channels, block.inputs, kernel, width})));
  builder.add_constant("bias", to_constant(at::randn({channels})));
  builder.add_node(
      {.name = "conv",
       .op_type = "Conv",
       .inputs = {"x", "weight", "bias"},
       .outputs = {"conv_out"},
       .attributes = {
           {"pads",
            std::vector<std::int64_t>{
                kernel / 2, width / 2, kernel / 2, width / 2}},
           {"strides", std::vector<std::int64_t>(2, block.stride)},
           {"group", block.groups}}});
  std::string value = "conv_out";
  if (block.has_residual) {
    builder.add_input("residual", DataType::Float32, pictures(channels));
    builder.add_node(
        {.op_type = "Add", .inputs = {value, "residual"}, .outputs = {"sum"}});
    value = "sum";
  }
  if (block.has_relu) {
    builder.add_node(
        {.op_type = "Relu", .inputs = {value}, .outputs = {"relu_out"}});
    value = "relu_out";
  }
  builder.add_output(value);
  return infer_shapes(std::move(builder).build());
}

Tensors inputs_of(const Block& block) {
  Tensors inputs{at::randn({3, block.groups * block.inputs, 7, 6})};
  if (block.has_residual) {
    inputs.push_back(at::randn({3, block.groups * block.outputs, 7, 6}));
  }
  return inputs;
}

std::string to_text(const Block& block) {
  return fmt::format(
      "{} groups of {} to {}, kernel {} x {}, stride {}{}{}",
      block.groups,
      block.inputs,
      block.outputs,
      block.kernel,
      block.kernel + block.wider,
      block.stride,
      block.has_residual ? ", residual" : "",
      block.has_relu ? ", relu" : "");
}

/// The gradients of the inputs, and as far as they are there of "conv_out" and
/// "sum", of a loss that weighs outputs at random.
Tensors gradients_of(const Graph& graph, const Tensors& inputs, bool fuse) {
  std::vector<ValueId> taps;
  for (const char* name : {"conv_out", "sum"}) {
    if (const auto value = graph.find_value(name)) {
      taps.push_back(*value);
    }
  }
  Tensors reported(taps.size());
  const Network network(
      graph,
      {.fuse = fuse,
       .gradient_taps = taps,
       .on_gradient = [&](std::size_t tap, const at::Tensor& gradient) {
         reported[tap] = gradient.clone();
       }});
  Tensors leaves;
  for (const at::Tensor& input : inputs) {
    leaves.push_back(input.clone().requires_grad_(true));
  }
  const at::Tensor output = network.run({leaves}).front()[0];
  at::manual_seed(4);
  (output * at::randn(output.sizes())).sum().backward();
  for (const at::Tensor& leaf : leaves) {
    reported.push_back(leaf.grad());
  }
  return reported;
}

void expect_equal_gradients(const Block& block) {
  at::manual_seed(3);
  const Graph graph = graph_of(block);
  const Tensors inputs = inputs_of(block);

  const Tensors fused = gradients_of(graph, inputs, true);
  const Tensors plain = gradients_of(graph, inputs, false);

  ASSERT_EQ(fused.size(), plain.size());
  for (std::size_t i = 0; i < fused.size(); ++i) {
    EXPECT_TRUE(
        tensor_near(fused[i], plain[i], {.relative = 1e-4, .absolute = 1e-4}))
        << to_text(block) << ", gradient " << i;
  }
}

void expect_fused_equals_plain(const Block& block) {
  at::manual_seed(3);
  const Graph graph = graph_of(block);
  const Tensors inputs = inputs_of(block);
  Tensors copies;
  for (const at::Tensor& input : inputs) {
    copies.push_back(input.clone());
  }

  const at::Tensor fused = Network(graph).run({inputs}).front()[0];
  const at::Tensor plain =
      Network(graph, {.taps = {}, .fuse = false}).run({copies}).front()[0];

  EXPECT_TRUE(tensor_near(fused, plain, {.relative = 1e-4, .absolute = 1e-4}))
      << to_text(block);
}

TEST(FusedConvolution, EqualsItsPartsInAnyGroups) {
  for (const std::int64_t groups : {1, 2, 3, 4, 16}) {
    for (const std::int64_t inputs : {1, 2, 4, 8}) {
      for (const std::int64_t outputs : {1, 2, 3, 8}) {
        for (const std::int64_t kernel : {1, 3}) {
          for (const bool has_residual : {false, true}) {
            for (const bool has_relu : {false, true}) {
              expect_fused_equals_plain(
                  {groups, inputs, outputs, kernel, 1, has_residual, has_relu});
            }
          }
        }
      }
    }
  }
}

TEST(FusedConvolution, HasTheGradientsOfItsPartsInAnyGroups) {
  for (const std::int64_t groups : {1, 3, 16}) {
    for (const std::int64_t inputs : {1, 4}) {
      for (const std::int64_t outputs : {1, 3, 8}) {
        for (const std::int64_t kernel : {1, 3}) {
          for (const bool has_residual : {false, true}) {
            for (const bool has_relu : {false, true}) {
              const std::int64_t stride = has_residual ? 1 : 2;
              expect_equal_gradients(
                  {groups,
                   inputs,
                   outputs,
                   kernel,
                   stride,
                   has_residual,
                   has_relu});
            }
          }
        }
      }
    }
  }
}

TEST(FusedConvolution, HasTheGradientsOfWideKernels) {
  // oneDNN has no fast way back through them in channels_last.
  expect_equal_gradients(
      {.inputs = 8, .outputs = 8, .kernel = 3, .has_relu = true, .wider = 36});
}

TEST(FusedConvolution, ReportsGradientsWhereNoInputRequiresOne) {
  at::manual_seed(3);
  const Graph graph =
      graph_of({.inputs = 2, .outputs = 3, .kernel = 3, .has_relu = true});
  at::Tensor reported;
  const Network network(
      graph,
      {.gradient_taps = {*graph.find_value("conv_out")},
       .on_gradient = [&](std::size_t, const at::Tensor& gradient) {
         reported = gradient;
       }});
  const at::Tensor input = at::randn({3, 2, 7, 6});

  const at::Tensor output = network.run({{input}}).front()[0];
  output.sum().backward();

  ASSERT_TRUE(reported.defined());
  EXPECT_TRUE(tensor_near(reported, output.detach().gt(0).to(at::kFloat)));
  EXPECT_FALSE(input.grad().defined());
}

}  // namespace
}  // namespace ompq
