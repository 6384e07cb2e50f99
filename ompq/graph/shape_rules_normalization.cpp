// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// Checks that inputs 1 .. last hold one number a channel (axis 1).
void require_per_channel(const NodeFacts& facts, std::size_t last) {
  if (facts.rank(0) < 2) {
    facts.mismatch("needs an input with a channel axis");
  }
  for (std::size_t index = 1; index <= last; ++index) {
    if (facts.shape(index) != Shape{facts.shape(0)[1]}) {
      facts.mismatch(fmt::format(
          "expected input {} of shape [{}]", index, facts.shape(0)[1]));
    }
  }
}

std::vector<ValueFacts> batch_normalization(const NodeFacts& facts) {
  require_per_channel(facts, 4);
  const Shape channels{facts.shape(0)[1]};
  return {
      {facts.type(0), facts.shape(0), {}},
      {facts.type(3), channels, {}},
      {facts.type(4), channels, {}}};
}

std::vector<ValueFacts> instance_normalization(const NodeFacts& facts) {
  require_per_channel(facts, 2);
  return {{facts.type(0), facts.shape(0), {}}};
}

std::vector<ValueFacts> group_normalization(const NodeFacts& facts) {
  require_per_channel(facts, 2);
  const std::int64_t groups = facts.node().integer("num_groups", 0);
  if (groups < 1 || facts.shape(0)[1] % groups != 0) {
    facts.mismatch(
        fmt::format("{} channels in {} groups", facts.shape(0)[1], groups));
  }
  return {{facts.type(0), facts.shape(0), {}}};
}

std::vector<ValueFacts> layer_normalization(const NodeFacts& facts) {
  const Shape& input = facts.shape(0);
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", -1), facts.rank(0)));
  for (std::size_t index = 1; index < facts.count(); ++index) {
    if (facts.has(index) &&
        broadcast_shapes(input, facts.shape(index)) != input) {
      facts.mismatch(
          fmt::format("input {} cannot be broadcast to the input", index));
    }
  }
  Shape statistics = input;
  for (std::size_t reduced = axis; reduced < input.size(); ++reduced) {
    statistics[reduced] = 1;
  }
  return {
      {facts.type(0), input, {}},
      {DataType::Float32, statistics, {}},
      {DataType::Float32, statistics, {}}};
}

std::vector<ValueFacts> rms_normalization(const NodeFacts& facts) {
  static_cast<void>(
      facts.axis(facts.node().integer("axis", -1), facts.rank(0)));
  if (broadcast_shapes(facts.shape(0), facts.shape(1)) != facts.shape(0)) {
    facts.mismatch("the scale cannot be broadcast to the input");
  }
  return {{facts.type(0), facts.shape(0), {}}};
}

}  // namespace

ShapeRules normalization_shape_rules() {
  return {
      {"BatchNormalization", batch_normalization},
      {"InstanceNormalization", instance_normalization},
      {"GroupNormalization", group_normalization},
      {"LayerNormalization", layer_normalization},
      {"LRN", keep_type_and_shape},
      {"MeanVarianceNormalization", keep_type_and_shape},
      {"RMSNormalization", rms_normalization}};
}

}  // namespace ompq
