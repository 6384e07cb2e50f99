// SPDX-License-Identifier: MIT
#include "ompq/export/packed_nodes.h"

#include <utility>

#include <fmt/format.h>

#include "ompq/graph/packed_functions.h"

namespace ompq::detail {

GraphBuilder::NodeSpec packed_call(
    std::string_view function,
    std::vector<std::string> inputs,
    std::string output) {
  return {
      .name = {},
      .domain = std::string(kPackedDomain),
      .op_type = std::string(function),
      .inputs = std::move(inputs),
      .outputs = {std::move(output)},
      .attributes = {}};
}

Constant shape_constant(const std::vector<std::int64_t>& sizes) {
  return Constant::from(sizes, {static_cast<std::int64_t>(sizes.size())});
}

void add_split(
    const std::string& whole,
    const std::string& sizes_name,
    const std::vector<std::int64_t>& sizes,
    std::vector<std::string> parts,
    GraphBuilder& builder) {
  builder.add_constant(sizes_name, shape_constant(sizes));
  builder.add_node(
      {.name = {},
       .domain = {},
       .op_type = "Split",
       .inputs = {whole, sizes_name},
       .outputs = std::move(parts),
       .attributes = {}});
}

void add_chain(
    std::string from,
    std::vector<GraphBuilder::NodeSpec> nodes,
    const std::string& stem,
    const std::string& result,
    GraphBuilder& builder) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool is_last = i + 1 == nodes.size();
    nodes[i].inputs.insert(nodes[i].inputs.begin(), from);
    from = is_last ? result : fmt::format("{}h{}", stem, i);
    nodes[i].outputs = {from};
    builder.add_node(std::move(nodes[i]));
  }
}

GraphBuilder::NodeSpec cast_node(DataType to) {
  return {
      .op_type = "Cast", .attributes = {{"to", static_cast<std::int64_t>(to)}}};
}

std::vector<GraphBuilder::NodeSpec> code_nodes(
    int bits,
    DataType type,
    const Constant& shift,
    const std::string& name,
    GraphBuilder& builder) {
  constexpr int kSignedBits = 7;
  const GraphBuilder::NodeSpec subtraction{.op_type = "Sub", .inputs = {name}};
  const Constant narrow = shift.cast(type);
  const bool fits = narrow.to_int64() == shift.to_int64();
  if (fits && type == DataType::UInt8) {
    builder.add_constant(name, narrow);
    return {subtraction};
  }
  if (fits && bits <= kSignedBits) {
    builder.add_constant(name, narrow);
    return {cast_node(type), subtraction};
  }
  builder.add_constant(name, shift.cast(DataType::Int32));
  return {cast_node(DataType::Int32), subtraction, cast_node(type)};
}

}  // namespace ompq::detail
