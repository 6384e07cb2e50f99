// SPDX-License-Identifier: MIT
#include "ompq/export/byte_quantizer.h"

#include <cstdint>
#include <utility>

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr std::int32_t kHighestByte = 255;

std::string add_code(
    GraphBuilder& builder, const std::string& stem, std::int32_t code) {
  return builder.add_fresh_constant(
      stem, Constant::scalar<std::uint8_t>(static_cast<std::uint8_t>(code)));
}

/// A new value of the type and shape of another.
std::string add_value(
    GraphBuilder& builder,
    const std::string& stem,
    DataType type,
    const Value& like) {
  std::string name = builder.fresh_name(stem);
  builder.set_type(name, type);
  builder.set_shape(name, like.shape);
  return name;
}

/// Limits codes to those that occur.
NodeSpec limit_codes(
    const ByteGrid& grid,
    const Value& value,
    const std::string& stem,
    const std::string& quantized,
    GraphBuilder& builder) {
  return {
      .op_type = "Clip",
      .inputs =
          {quantized,
           add_code(builder, stem + "_lowest", grid.lowest),
           add_code(builder, stem + "_highest", grid.highest)},
      .outputs = {
          add_value(builder, stem + "_limited", DataType::UInt8, value)}};
}

}  // namespace

std::vector<NodeSpec> byte_quantizer_nodes(
    const ByteGrid& grid,
    const Value& value,
    const std::string& stem,
    const std::string& result,
    GraphBuilder& builder) {
  const std::string scale = builder.add_fresh_constant(
      stem + "_scale", Constant::scalar<float>(grid.parameters.scale));
  const std::string zero_point =
      add_code(builder, stem + "_zero_point", grid.parameters.zero_point);
  const std::string quantized =
      add_value(builder, stem + "_quantized", DataType::UInt8, value);
  std::vector<NodeSpec> specs{
      {.name = {},
       .domain = {},
       .op_type = "QuantizeLinear",
       .inputs = {value.name, scale, zero_point},
       .outputs = {quantized},
       .attributes = {}}};
  if (!grid.is_copy && (grid.lowest > 0 || grid.highest < kHighestByte)) {
    specs.push_back(limit_codes(grid, value, stem, quantized, builder));
  }
  specs.push_back(
      {.name = {},
       .domain = {},
       .op_type = "DequantizeLinear",
       .inputs = {specs.back().outputs.front(), scale, zero_point},
       .outputs = {result},
       .attributes = {}});
  return specs;
}

}  // namespace ompq::detail
