// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/graph/fold_batch_norm.h"
#include "ompq/graph/layer_norms.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/training/make_trainable.h"

#include "tests/cli/small_network.h"
#include "tests/reconstruction/reconstruction_fixture.h"

namespace ompq {

/// conv1 -> BatchNormalization -> Relu -> conv2 -> BatchNormalization -> mean
/// over the picture -> fc, for pictures of 8 x 8 pixels and three classes. One
/// gamma is negative.
inline Graph normalized_network() {
  GraphBuilder builder("normalized", 21);
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {3, ""}, {8, ""}, {8, ""}});
  const auto add_constant = [&](const std::string& name,
                                std::vector<float> numbers) {
    const auto size = static_cast<std::int64_t>(numbers.size());
    builder.add_constant(name, Constant::from<float>(numbers, {size}));
    return name;
  };
  const auto unit = [&](const std::string& name,
                        const std::string& input,
                        std::int64_t inputs,
                        std::uint32_t seed) {
    builder.add_constant(
        name + ".weight", small_weights({4, inputs, 3, 3}, seed));
    builder.add_node(
        {.name = name,
         .op_type = "Conv",
         .inputs = {input, name + ".weight"},
         .outputs = {name + ".output"},
         .attributes = {
             {"pads", std::vector<std::int64_t>{1, 1, 1, 1}},
             {"kernel_shape", std::vector<std::int64_t>{3, 3}}}});
    builder.add_node(
        {.name = name + ".norm",
         .op_type = "BatchNormalization",
         .inputs =
             {name + ".output",
              add_constant(name + ".gamma", {0.9F, -0.7F, 1.2F, 0.5F}),
              add_constant(name + ".beta", {0.1F, 0.3F, -0.2F, 0.0F}),
              add_constant(name + ".mean", {0.2F, -0.1F, 0.0F, 0.4F}),
              add_constant(name + ".var", {0.8F, 1.5F, 0.6F, 1.1F})},
         .outputs = {name + ".normalized"}});
    return name + ".normalized";
  };
  const std::string first = unit("conv1", "image", 3, 1);
  builder.add_node(
      {.name = "relu", .op_type = "Relu", .inputs = {first}, .outputs = {"r"}});
  const std::string second = unit("conv2", "r", 4, 2);
  builder.add_node(
      {.name = "pool",
       .op_type = "GlobalAveragePool",
       .inputs = {second},
       .outputs = {"pooled"}});
  builder.add_node(
      {.name = "flatten",
       .op_type = "Flatten",
       .inputs = {"pooled"},
       .outputs = {"flat"}});
  builder.add_constant("fc.weight", small_weights({3, 4}, 3));
  builder.add_node(
      {.name = "fc",
       .op_type = "Gemm",
       .inputs = {"flat", "fc.weight"},
       .outputs = {"scores"},
       .attributes = {{"transB", std::int64_t{1}}}});
  builder.add_output("scores");
  return std::move(builder).build();
}

/// A float start; of normalized_network() with its normalisations kept.
inline TrainingStart float_start(const Graph& original, bool keep_norms) {
  const Graph shaped = infer_shapes(original);
  const PreparedModel model = prepared(fold_batch_norm(shaped));
  TrainingStart start{
      .graph = model.graph,
      .layers = model.layers.layers,
      .quantized = {},
      .real_weights = {},
      .norms = {}};
  if (keep_norms) {
    start.norms = find_layer_norms(shaped);
  }
  return start;
}

inline Tensors some_pictures(std::int64_t count, std::uint64_t seed = 7) {
  return random_batches({count, 3, 8, 8}, 1, seed).front();
}

/// A start with weights and activations of these widths, rounded to nearest.
inline TrainingStart quantized_start(
    const Graph& original,
    int weight_bits,
    int activation_bits,
    bool keep_norms = false) {
  TrainingStart start = float_start(original, keep_norms);
  const PreparedModel model = prepared(start.graph);
  Reconstruction nearest = reconstruct_plainly(
      model,
      uniform_plan(model.layers.layers.size(), weight_bits, activation_bits),
      {some_pictures(16)},
      short_run(RoundingMethod::Nearest));
  start.graph = std::move(nearest.graph);
  start.layers = find_quantizable_layers(start.graph).layers;
  start.quantized = std::move(nearest.model);
  return start;
}

}  // namespace ompq
