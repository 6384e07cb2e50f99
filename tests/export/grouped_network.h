// SPDX-License-Identifier: MIT
#pragma once

#include <utility>
#include <vector>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

#include "tests/cli/small_network.h"

namespace ompq {

/// Every kind of layer whose weight has groups: MatMul [6, 4], Gemm [3, 7].
inline Graph grouped_network() {
  GraphBuilder builder("grouped", 21);
  builder.add_input(
      "x", DataType::Float32, std::vector<Dimension>{{-1, "N"}, {6, ""}});
  builder.add_constant("w0.weight", small_weights({6, 7}, 1));
  builder.add_constant("fc.weight", small_weights({3, 7}, 2));
  builder.add_node(
      {.name = "product",
       .op_type = "MatMul",
       .inputs = {"x", "w0.weight"},
       .outputs = {"a0"}});
  builder.add_node(
      {.name = "fc",
       .op_type = "Gemm",
       .inputs = {"a0", "fc.weight"},
       .outputs = {"scores"},
       .attributes = {{"transB", std::int64_t{1}}}});
  builder.add_output("scores");
  return infer_shapes(std::move(builder).build());
}

}  // namespace ompq
