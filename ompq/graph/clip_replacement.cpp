// SPDX-License-Identifier: MIT
#include "ompq/graph/clip_replacement.h"

#include <string>

#include "ompq/graph/constant.h"

namespace ompq {
namespace {

GraphBuilder::NodeSpec relu_of(
    const Graph& graph, const Node& clip, const std::string& output) {
  return {
      .name = clip.name,
      .domain = "",
      .op_type = "Relu",
      .inputs = {graph.value(*clip.input(0)).name},
      .outputs = {output},
      .attributes = {}};
}

}  // namespace

void replace_clip_by_relu(
    const Graph& graph, const Node& clip, GraphBuilder& builder) {
  builder.replace_node(
      clip.name, {relu_of(graph, clip, graph.value(*clip.output(0)).name)});
}

void limit_per_channel(
    const Graph& graph,
    const Node& clip,
    const std::vector<float>& limits,
    GraphBuilder& builder) {
  const Value& output = graph.value(*clip.output(0));
  const std::string limit = builder.fresh_name(output.name + "_limit");
  // [C, 1, ...]: axis 1 of the value, whatever its batch.
  Shape shape(output.shape->size() - 1, 1);
  shape.front() = static_cast<std::int64_t>(limits.size());
  builder.add_constant(limit, Constant::from<float>(limits, shape));
  const std::string positive = builder.fresh_name(output.name + "_positive");
  builder.set_type(positive, output.type);
  builder.set_shape(positive, output.shape);
  builder.replace_node(
      clip.name,
      {relu_of(graph, clip, positive),
       {.name = clip.name + "_limit",
        .domain = "",
        .op_type = "Min",
        .inputs = {positive, limit},
        .outputs = {output.name},
        .attributes = {}}});
}

}  // namespace ompq
