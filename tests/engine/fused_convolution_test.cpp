// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
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
  bool has_residual = false;
  bool has_relu = false;
};

std::vector<Dimension> pictures(std::int64_t channels) {
  return {{-1, "N"}, {channels, ""}, {7, ""}, {6, ""}};
}

Graph graph_of(const Block& block) {
  GraphBuilder builder("block", 21);
  const std::int64_t channels = block.groups * block.outputs;
  const std::int64_t kernel = block.kernel;
  builder.add_input(
      "x", DataType::Float32, pictures(block.groups * block.inputs));
  builder.add_constant(
      "weight",
      to_constant(at::randn({channels, block.inputs, kernel, kernel})));
  builder.add_constant("bias", to_constant(at::randn({channels})));
  builder.add_node(
      {.name = "conv",
       .op_type = "Conv",
       .inputs = {"x", "weight", "bias"},
       .outputs = {"conv_out"},
       .attributes = {
           {"pads", std::vector<std::int64_t>(4, kernel / 2)},
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

void expect_fused_equals_plain(const Block& block) {
  at::manual_seed(3);
  const Graph graph = graph_of(block);
  Tensors inputs{at::randn({3, block.groups * block.inputs, 7, 6})};
  Tensors copies{inputs[0].clone()};
  if (block.has_residual) {
    inputs.push_back(at::randn({3, block.groups * block.outputs, 7, 6}));
    copies.push_back(inputs[1].clone());
  }

  const at::Tensor fused = Network(graph).run({inputs}).front()[0];
  const at::Tensor plain =
      Network(graph, {.taps = {}, .fuse = false}).run({copies}).front()[0];

  EXPECT_TRUE(tensor_near(fused, plain, {.relative = 1e-4, .absolute = 1e-4}))
      << block.groups << " groups of " << block.inputs << " to "
      << block.outputs << ", kernel " << block.kernel
      << (block.has_residual ? ", residual" : "")
      << (block.has_relu ? ", relu" : "");
}

TEST(FusedConvolution, EqualsItsPartsInAnyGroups) {
  for (const std::int64_t groups : {1, 2, 3, 4, 16}) {
    for (const std::int64_t inputs : {1, 2, 4, 8}) {
      for (const std::int64_t outputs : {1, 2, 3, 8}) {
        for (const std::int64_t kernel : {1, 3}) {
          for (const bool has_residual : {false, true}) {
            for (const bool has_relu : {false, true}) {
              expect_fused_equals_plain(
                  {groups, inputs, outputs, kernel, has_residual, has_relu});
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace ompq
