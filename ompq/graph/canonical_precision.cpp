// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "ompq/graph/canonical_rules.h"
#include "ompq/graph/graph_builder_state.h"

namespace ompq::detail {
namespace {

bool is_half(DataType type) {
  return type == DataType::Float16 || type == DataType::BFloat16;
}

DataType widened(DataType type) {
  return is_half(type) ? DataType::Float32 : type;
}

/// Attributes that hold a DataType, over all operators.
bool names_type(const std::string& key) {
  return key == "to" || key == "dtype" || key == "output_dtype" ||
         key == "precision" || key == "stash_type";
}

void widen(const std::string& key, Attribute& attribute) {
  if (auto* constant = std::get_if<Constant>(&attribute)) {
    *constant = constant->cast(widened(constant->type()));
  }
  if (auto* number = std::get_if<std::int64_t>(&attribute);
      number != nullptr && names_type(key)) {
    *number =
        static_cast<std::int64_t>(widened(static_cast<DataType>(*number)));
  }
}

void copy_values(const Graph& graph, GraphBuilder& builder) {
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    builder.add_input(input.name, widened(input.type), input.shape);
  }
  for (const Value& value : graph.values()) {
    if (value.constant) {
      builder.add_constant(
          value.name, value.constant->cast(widened(value.type)));
    } else if (value.producer) {
      builder.set_type(value.name, widened(value.type));
      builder.set_shape(value.name, value.shape);
    }
  }
  for (const ValueId id : graph.outputs()) {
    builder.add_output(graph.value(id).name);
  }
}

}  // namespace

Graph widen_half_floats(const Graph& graph) {
  GraphBuilder builder(graph.name(), graph.opset());
  for (const auto& [key, text] : graph.metadata()) {
    builder.set_metadata(key, text);
  }
  copy_values(graph, builder);
  for (const Node& node : graph.nodes()) {
    GraphBuilder::NodeSpec spec = spec_of(graph, node);
    for (auto& [key, attribute] : spec.attributes) {
      widen(key, attribute);
    }
    builder.add_node(std::move(spec));
  }
  return std::move(builder).build();
}

}  // namespace ompq::detail
