// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/cli/small_network.h"

namespace ompq {

/// conv1, Relu, conv2, a shortcut around conv2, Relu; an output before conv2
/// and one at the end.
inline Graph two_outputs() {
  GraphBuilder builder("two", 21);
  builder.add_input(
      "x",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {4, ""}, {6, ""}, {6, ""}});
  builder.add_constant("w1", small_weights({4, 4, 1, 1}, 1));
  builder.add_constant("w2", small_weights({4, 4, 1, 1}, 2));
  const auto add = [&](const char* name,
                       const char* type,
                       std::vector<std::string> inputs,
                       const char* output) {
    builder.add_node(
        {.name = name,
         .op_type = type,
         .inputs = std::move(inputs),
         .outputs = {output}});
  };
  add("conv1", "Conv", {"x", "w1"}, "c1");
  add("relu1", "Relu", {"c1"}, "r1");
  add("mean", "GlobalAveragePool", {"r1"}, "early");
  add("conv2", "Conv", {"r1", "w2"}, "c2");
  add("sum", "Add", {"c2", "r1"}, "s");
  add("relu2", "Relu", {"s"}, "late");
  builder.add_output("early");
  builder.add_output("late");
  return infer_shapes(std::move(builder).build());
}

}  // namespace ompq
