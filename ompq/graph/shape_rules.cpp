// SPDX-License-Identifier: MIT
#include "ompq/graph/shape_rules.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// No tensor of a real network comes near this many elements; a shape beyond
/// it is a damaged file, and products of dimensions below it cannot overflow.
constexpr std::int64_t kMostElements = std::int64_t{1} << 40;

const ShapeRules& all_rules() {
  static const ShapeRules rules = [] {
    ShapeRules merged;
    for (ShapeRules family :
         {einsum_shape_rules(),
          elementwise_shape_rules(),
          generation_shape_rules(),
          indexing_shape_rules(),
          integer_shape_rules(),
          matrix_shape_rules(),
          movement_shape_rules(),
          normalization_shape_rules(),
          quantization_shape_rules(),
          recurrent_shape_rules(),
          reduction_shape_rules(),
          resize_shape_rules(),
          scatter_shape_rules(),
          window_shape_rules()}) {
      merged.merge(family);
    }
    return merged;
  }();
  return rules;
}

void check_size(const NodeFacts& facts, const Shape& shape) {
  std::int64_t elements = 1;
  for (const std::int64_t size : shape) {
    if (size < 0 || size > kMostElements ||
        (elements *= std::max<std::int64_t>(1, size)) > kMostElements) {
      facts.mismatch(
          fmt::format("an output of impossible shape {}", to_string(shape)));
    }
  }
}

}  // namespace

std::vector<ValueFacts> keep_type_and_shape(const NodeFacts& facts) {
  return {{facts.type(0), facts.shape(0), {}}};
}

bool has_shape_rule(std::string_view op_type) {
  return all_rules().contains(op_type);
}

std::vector<ValueFacts> infer_node(const NodeFacts& facts) {
  const Node& node = facts.node();
  const std::string op_type =
      node.domain.empty() ? node.op_type : node.domain + "." + node.op_type;
  const auto rule = all_rules().find(op_type);
  OMPQ_CHECK(
      rule != all_rules().end(),
      ErrorCode::Unsupported,
      "[infer_shapes] node '{}': operator {} is not supported",
      node.name,
      op_type);
  if (!facts.shapes_known()) {
    return std::vector<ValueFacts>(node.outputs.size());
  }
  std::vector<ValueFacts> outputs = rule->second(facts);
  for (std::size_t index = outputs.size(); index < node.outputs.size();
       ++index) {
    if (node.outputs[index]) {
      facts.invalid(fmt::format("has no output {}", index));
    }
  }
  outputs.resize(node.outputs.size());
  for (const ValueFacts& output : outputs) {
    if (output.shape) {
      check_size(facts, *output.shape);
    }
  }
  return outputs;
}

}  // namespace ompq
