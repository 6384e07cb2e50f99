// SPDX-License-Identifier: MIT
#include "ompq/export/float_limits.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ompq/export/number_input.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

/// The QuantizeLinear whose codes only this node reads.
const Node* quantizer_before(const Graph& graph, const Node& node) {
  const Value& codes = graph.value(*node.input(0));
  if (!codes.producer || codes.consumers.size() != 1 ||
      graph.is_output(codes.id)) {
    return nullptr;
  }
  const Node& producer = graph.node(*codes.producer);
  return producer.op_type == "QuantizeLinear" ? &producer : nullptr;
}

/// True if a grid of fewer bits reaches from one code to the other.
bool are_ends_of_a_grid(const IntegerGrid& whole, double low, double high) {
  for (int bits = 1; bits < whole.bits; ++bits) {
    const IntegerGrid grid{bits, whole.is_signed};
    if (low == grid.lowest() && high == grid.highest()) {
      return true;
    }
  }
  return false;
}

/// Gives a value another name, where it is computed and for all who read it.
void rename_result(
    const Node& producer,
    const std::string& from,
    const std::string& to,
    GraphBuilder& builder) {
  NodeSpec spec =
      *std::ranges::find(builder.nodes(), producer.name, &NodeSpec::name);
  std::ranges::replace(spec.outputs, from, to);
  builder.replace_node(producer.name, {std::move(spec)});
  builder.replace_uses(from, to);
}

/// Moves one Clip in front of its quantizer, if all is constant.
void move_limits(
    const Graph& graph,
    const Node& clip,
    const Node& quantizer,
    GraphBuilder& builder) {
  const Constant* zero = graph.constant_input(quantizer, 2);
  const auto grid = grid_of(zero == nullptr ? DataType::UInt8 : zero->type());
  const auto scale = number_at(graph, quantizer, 1, 1.0);
  const auto zero_point = number_at(graph, quantizer, 2, 0.0);
  const auto low = number_at(graph, clip, 1, grid ? grid->lowest() : 0);
  const auto high = number_at(graph, clip, 2, grid ? grid->highest() : 0);
  if (!grid || !scale || !zero_point || !low || !high) {
    return;
  }
  const Value& source = graph.value(*quantizer.input(0));
  // What is quantized keeps its name: the value itself, if the limits are those
  // of a narrower grid, otherwise what is limited.
  const bool renames = source.producer.has_value() &&
                       !graph.is_output(source.id) &&
                       !are_ends_of_a_grid(*grid, *low, *high);
  const std::string other =
      builder.fresh_name(source.name + (renames ? "_unlimited" : "_limited"));
  const std::string& before = renames ? other : source.name;
  const std::string& after = renames ? source.name : other;
  if (renames) {
    rename_result(graph.node(*source.producer), source.name, other, builder);
  }
  const auto add_limit = [&](const char* role, double code) {
    return builder.add_fresh_constant(
        source.name + role,
        Constant::scalar<float>(
            static_cast<float>(code - *zero_point) *
            static_cast<float>(*scale)));
  };
  NodeSpec limits{
      .name = clip.name,
      .domain = {},
      .op_type = "Clip",
      .inputs = {before, add_limit("_low", *low), add_limit("_high", *high)},
      .outputs = {after},
      .attributes = {}};
  NodeSpec rounding{
      .name = quantizer.name,
      .domain = {},
      .op_type = "QuantizeLinear",
      .inputs = {limits.outputs.front()},
      .outputs = {graph.value(*quantizer.output(0)).name},
      .attributes = quantizer.attributes};
  for (const std::size_t index : {1U, 2U}) {
    if (const auto input = quantizer.input(index)) {
      rounding.inputs.push_back(graph.value(*input).name);
    }
  }
  builder.replace_uses(
      graph.value(*clip.output(0)).name, rounding.outputs.front());
  builder.remove_node(clip.name);
  builder.replace_node(
      quantizer.name, {std::move(limits), std::move(rounding)});
}

}  // namespace

Graph with_float_limits(const Graph& graph) {
  GraphBuilder builder(graph);
  for (const Node& node : graph.nodes()) {
    if (node.op_type != "Clip" || !node.domain.empty()) {
      continue;
    }
    if (const Node* quantizer = quantizer_before(graph, node)) {
      move_limits(graph, node, *quantizer, builder);
    }
  }
  return std::move(builder).build();
}

}  // namespace ompq::detail
