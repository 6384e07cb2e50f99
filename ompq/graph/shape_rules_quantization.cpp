// SPDX-License-Identifier: MIT
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// The type comes from the zero point, else from output_dtype, else uint8.
std::vector<ValueFacts> quantize_linear(const NodeFacts& facts) {
  auto type = static_cast<DataType>(facts.node().integer("output_dtype", 0));
  if (facts.has(2)) {
    type = facts.type(2);
  } else if (type == DataType::Undefined) {
    type = DataType::UInt8;
  }
  return {{type, facts.shape(0), {}}};
}

/// The type is that of the scale.
std::vector<ValueFacts> dequantize_linear(const NodeFacts& facts) {
  return {{facts.type(1), facts.shape(0), {}}};
}

/// Codes, scale and zero point.
std::vector<ValueFacts> dynamic_quantize_linear(const NodeFacts& facts) {
  return {
      {DataType::UInt8, facts.shape(0), {}},
      {DataType::Float32, Shape{}, {}},
      {DataType::UInt8, Shape{}, {}}};
}

}  // namespace

ShapeRules quantization_shape_rules() {
  return {
      {"QuantizeLinear", quantize_linear},
      {"DequantizeLinear", dequantize_linear},
      {"DynamicQuantizeLinear", dynamic_quantize_linear}};
}

}  // namespace ompq
