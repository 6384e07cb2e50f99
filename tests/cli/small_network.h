// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ompq/graph/graph_builder.h"

namespace ompq {

/// Weights that differ from each other, the same in every run.
inline Constant small_weights(const Shape& shape, std::uint32_t seed) {
  std::vector<float> elements(static_cast<std::size_t>(element_count(shape)));
  std::uint32_t state = seed * 2654435761U + 1;
  for (float& element : elements) {
    state = state * 1664525U + 1013904223U;
    element = static_cast<float>(state >> 8U) / 16777216.0F - 0.5F;
  }
  return Constant::from<float>(elements, shape);
}

/// A network of four layers for pictures of 8 x 8 pixels and three classes:
/// conv1, Relu, conv2 (depthwise), Relu, conv3, mean over the picture, fc.
inline Graph small_network() {
  GraphBuilder builder("small", 21);
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {3, ""}, {8, ""}, {8, ""}});
  const auto convolution = [&](const std::string& name,
                               const std::string& input,
                               const Shape& shape,
                               std::int64_t groups,
                               std::uint32_t seed) {
    builder.add_constant(name + ".weight", small_weights(shape, seed));
    builder.add_node(
        {.name = name,
         .op_type = "Conv",
         .inputs = {input, name + ".weight"},
         .outputs = {name + ".output"},
         .attributes = {
             {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
             {"kernel_shape", std::vector<std::int64_t>{3, 3}},
             {"group", groups}}});
    return name + ".output";
  };
  const auto relu = [&](const std::string& input) {
    builder.add_node(
        {.op_type = "Relu", .inputs = {input}, .outputs = {input + ".relu"}});
    return input + ".relu";
  };
  std::string value = relu(convolution("conv1", "image", {8, 3, 3, 3}, 1, 1));
  value = relu(convolution("conv2", value, {8, 1, 3, 3}, 8, 2));
  value = convolution("conv3", value, {16, 8, 3, 3}, 1, 3);
  builder.add_node(
      {.name = "pool",
       .op_type = "GlobalAveragePool",
       .inputs = {value},
       .outputs = {"pooled"}});
  builder.add_node(
      {.name = "flatten",
       .op_type = "Flatten",
       .inputs = {"pooled"},
       .outputs = {"flat"}});
  builder.add_constant("fc.weight", small_weights({3, 16}, 4));
  builder.add_node(
      {.name = "fc",
       .op_type = "Gemm",
       .inputs = {"flat", "fc.weight"},
       .outputs = {"scores"},
       .attributes = {{"transB", std::int64_t{1}}}});
  builder.add_output("scores");
  return std::move(builder).build();
}

}  // namespace ompq
