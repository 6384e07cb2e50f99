// SPDX-License-Identifier: MIT
#include "ompq/graph/constant_folding.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {
namespace {

/// y = x * b with b = a * 2 and a = 1 + 2.
Graph network() {
  GraphBuilder builder("network");
  builder.add_input("x", DataType::Float32, {{{2}}});
  builder.add_constant("one", Constant::scalar<float>(1.0F));
  builder.add_constant("two", Constant::scalar<float>(2.0F));
  const auto add = [&](const char* op,
                       std::vector<std::string> inputs,
                       const std::string& output) {
    builder.add_node(
        {.name = "node_" + output,
         .op_type = op,
         .inputs = std::move(inputs),
         .outputs = {output}});
  };
  add("Add", {"one", "two"}, "a");
  add("Mul", {"a", "two"}, "b");
  add("Mul", {"x", "b"}, "y");
  builder.add_output("y");
  return std::move(builder).build();
}

TEST(ConstantFolding, ComputesWhatConstantsGive) {
  const Graph graph = network();
  ConstantFolding folding(graph);

  const auto& b = folding.constant_of(*graph.find_value("b"));

  ASSERT_TRUE(b.has_value());
  EXPECT_EQ(b->to_double(), std::vector<double>{6.0});
  EXPECT_FALSE(folding.constant_of(*graph.find_value("y")).has_value());
  // It depends on what is fed.
  EXPECT_FALSE(folding.constant_of(*graph.find_value("x")).has_value());
}

}  // namespace
}  // namespace ompq::detail
