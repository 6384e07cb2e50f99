// SPDX-License-Identifier: MIT
#include "ompq/export/propagated_quantizers.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/engine/network.h"
#include "ompq/export/integer_form.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq::detail {
namespace {

/// x -> codes -> MaxPool -> Transpose -> Conv with a float bias -> Reshape ->
/// Unsqueeze -> codes.
Graph network() {
  GraphBuilder builder("moves", 21);
  builder.add_input(
      "x", DataType::Float32, std::vector<Dimension>{{1}, {2}, {4}, {6}});
  const auto add = [&](const std::string& name, Constant constant) {
    builder.add_constant(name, std::move(constant));
  };
  add("s", Constant::scalar<float>(0.02F));
  add("z", Constant::scalar<std::uint8_t>(3));
  add("w", Constant::from(std::vector<std::int8_t>{5, -6, 7, 8}, {2, 2, 1, 1}));
  add("ws", Constant::from(std::vector<float>{0.1F, 0.3F}, {2}));
  add("wz", Constant::from(std::vector<std::int8_t>{0, 0}, {2}));
  add("b", Constant::from(std::vector<float>{0.7F, -0.9F}, {2}));
  add("ys", Constant::scalar<float>(0.04F));
  add("yz", Constant::scalar<std::uint8_t>(128));
  add("flat", Constant::from<std::int64_t>({1, 2, -1}, {3}));
  add("axes", Constant::from<std::int64_t>({0}, {1}));
  const auto node = [&](const std::string& op_type,
                        std::vector<std::string> inputs,
                        const std::string& output,
                        std::map<std::string, Attribute> attributes = {}) {
    builder.add_node(
        {.name = output,
         .domain = {},
         .op_type = op_type,
         .inputs = std::move(inputs),
         .outputs = {output},
         .attributes = std::move(attributes)});
    builder.set_type(
        output,
        op_type == "QuantizeLinear" ? DataType::UInt8 : DataType::Float32);
  };
  using Integers = std::vector<std::int64_t>;
  node("QuantizeLinear", {"x", "s", "z"}, "xq");
  node("DequantizeLinear", {"xq", "s", "z"}, "xd");
  node("MaxPool", {"xd"}, "p", {{"kernel_shape", Integers{2, 2}}});
  node("Transpose", {"p"}, "t", {{"perm", Integers{0, 1, 3, 2}}});
  node(
      "DequantizeLinear", {"w", "ws", "wz"}, "wd", {{"axis", std::int64_t{0}}});
  node("Conv", {"t", "wd", "b"}, "c");
  node("Reshape", {"c", "flat"}, "r");
  node("Unsqueeze", {"r", "axes"}, "u");
  node("QuantizeLinear", {"u", "ys", "yz"}, "yq");
  node("DequantizeLinear", {"yq", "ys", "yz"}, "y");
  builder.add_output("y");
  return std::move(builder).build();
}

const Node& node_at(const Graph& graph, const std::string& name) {
  return graph.node(*graph.find_node(name));
}

TEST(PropagatedQuantizers, StandWhereConvolutionsReadAndWriteCodes) {
  const Graph moved = with_propagated_quantizers(network());
  const Node& layer = node_at(moved, "c");
  const Value& input = moved.value(*layer.input(0));
  const Value& result = moved.value(*layer.output(0));

  EXPECT_EQ(moved.node(*input.producer).op_type, "DequantizeLinear");
  ASSERT_EQ(result.consumers.size(), 1U);
  const Node& reader = moved.node(result.consumers.front());
  EXPECT_EQ(reader.op_type, "QuantizeLinear");
  EXPECT_EQ(moved.value(*reader.input(1)).name, "ys");
  EXPECT_EQ(node_at(to_integer_form(network()), "c").op_type, "QLinearConv");
}

TEST(PropagatedQuantizers, ChangeNoNumber) {
  const at::Tensor image = at::rand({1, 2, 4, 6}) * 6 - 1;

  const auto run = [&](const Graph& graph) {
    return Network(infer_shapes(graph)).run({{image.clone()}}).front().front();
  };

  EXPECT_TRUE(at::equal(
      run(infer_shapes(with_propagated_quantizers(network()))),
      run(network())));
}

TEST(PropagatedQuantizers, LeaveAloneWhatOthersRead) {
  GraphBuilder builder(network());
  builder.add_output("c");

  const Graph moved = with_propagated_quantizers(std::move(builder).build());

  // The numbers before rounding are an output.
  const Node& flat = node_at(moved, "r");
  EXPECT_EQ(moved.value(*flat.input(0)).name, "c");
}

}  // namespace
}  // namespace ompq::detail
