// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/network.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/reconstruction/rounded_rows.h"
#include "ompq/reconstruction/weight_rows.h"
#include "ompq/sensitivity/layer_errors.h"

namespace ompq {

inline PreparedModel scored_model(Graph graph) {
  PreparedModel model{.graph = infer_shapes(std::move(graph))};
  model.layers = find_quantizable_layers(model.graph);
  model.is_batch_polymorphic = true;
  return model;
}

/// `count` random images in micro-batches of `each`.
inline std::vector<Tensors> random_images(
    const Shape& image, std::int64_t count, std::int64_t each) {
  at::manual_seed(3);
  Shape shape{count};
  shape.insert(shape.end(), image.begin(), image.end());
  const at::Tensor all = at::randn(shape);
  std::vector<Tensors> batches;
  for (std::int64_t first = 0; first < count; first += each) {
    batches.push_back(
        {all.narrow(0, first, std::min(each, count - first)).clone()});
  }
  return batches;
}

/// The same widths for every layer, rounded as with_rounded_layer() does it.
inline LayerErrorOptions errors_of(
    const PreparedModel& model,
    ErrorKind kind,
    const std::vector<int>& widths) {
  return {
      .kind = kind,
      .widths = std::vector(model.layers.layers.size(), widths),
      .grids = {.density = ScaleDensity::Fine}};
}

/// The graph with one layer's weights really rounded to so many bits.
inline Graph with_rounded_layer(
    const PreparedModel& model, std::size_t index, int bits) {
  const Layer& layer = model.layers.layers[index];
  const WeightRows layout = weight_rows(model.graph, layer);
  const Node& node = model.graph.node(layer.node);
  const at::Tensor rows =
      to_rows(to_tensor(*model.graph.constant_input(node, 1)), layout);
  const at::Tensor rounded =
      from_rows(
          round_to_nearest(rows, {.grid = {.bits = bits}}).values(), layout)
          .contiguous();
  GraphBuilder builder(model.graph);
  GraphBuilder::NodeSpec spec = *std::ranges::find(
      builder.nodes(), layer.name, [](const auto& each) { return each.name; });
  spec.inputs[1] = builder.fresh_name("rounded");
  const auto* const data = rounded.data_ptr<float>();
  builder.add_constant(
      spec.inputs[1],
      Constant::from(
          std::vector<float>(data, data + rounded.numel()), layout.shape));
  builder.replace_node(layer.name, {spec});
  return infer_shapes(std::move(builder).build());
}

/// A value of a graph for all images.
inline at::Tensor value_of(
    const Graph& graph,
    const std::string& name,
    const std::vector<Tensors>& images) {
  Tensors slices;
  const Network network(
      graph, {.taps = {*graph.find_value(name)}, .fuse = false});
  static_cast<void>(network.run(images, [&](const TapEvent& event) {
    slices.assign(event.slices.begin(), event.slices.end());
    return false;
  }));
  return at::cat(slices, 0);
}

/// Name of what a layer computes.
inline std::string output_name(const PreparedModel& model, std::size_t layer) {
  const Node& node = model.graph.node(model.layers.layers[layer].node);
  return model.graph.value(*node.outputs.front()).name;
}

/// Sum over channels (dimension 1) of the variance over all else.
inline double summed_variance(const at::Tensor& output) {
  return output.to(at::kDouble)
      .transpose(0, 1)
      .flatten(1)
      .var(1, /*unbiased=*/false)
      .sum()
      .item<double>();
}

}  // namespace ompq
