// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {

/// A node to test, with its inputs; an undefined tensor is an absent input.
struct TestNode {
  std::string op_type;
  Tensors inputs;
  std::map<std::string, Attribute> attributes = {};
  std::size_t outputs = 1;
};

/// Which inputs of a test node the graph knows.
enum class TestInputs {
  /// Every input is fed.
  AllFed,
  /// The first is fed, the others are constants of the graph.
  OthersConstant,
};

/// A graph of one node called "node". `types` overrides the element types of
/// the inputs (uint16, int4, ...), which tensors cannot express.
inline Graph make_test_graph(
    const TestNode& test,
    TestInputs kind = TestInputs::AllFed,
    const std::map<std::size_t, DataType>& types = {}) {
  GraphBuilder builder;
  GraphBuilder::NodeSpec node{
      .name = "node", .op_type = test.op_type, .attributes = test.attributes};
  for (std::size_t i = 0; i < test.inputs.size(); ++i) {
    const at::Tensor& tensor = test.inputs[i];
    if (!tensor.defined()) {
      node.inputs.emplace_back();
      continue;
    }
    const std::string name = "in" + std::to_string(i);
    node.inputs.push_back(name);
    const DataType type =
        types.count(i) != 0 ? types.at(i) : to_data_type(tensor.scalar_type());
    if (kind == TestInputs::OthersConstant && i > 0) {
      builder.add_constant(name, to_constant(tensor).cast(type));
    } else {
      builder.add_input(name, type, std::nullopt);
    }
  }
  for (std::size_t i = 0; i < test.outputs; ++i) {
    node.outputs.push_back("out" + std::to_string(i));
  }
  const std::vector<std::string> outputs = node.outputs;
  builder.add_node(std::move(node));
  for (const std::string& output : outputs) {
    builder.add_output(output);
  }
  return std::move(builder).build();
}

/// Runs a test node.
inline Tensors run_node(
    const TestNode& test,
    TestInputs kind = TestInputs::AllFed,
    const std::map<std::size_t, DataType>& types = {}) {
  const Graph graph = make_test_graph(test, kind, types);
  return make_operator(graph.nodes().front(), graph)(test.inputs);
}

}  // namespace ompq
