// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/graph/shape_rules.h"
#include "ompq/graph/window_geometry.h"

namespace ompq {
namespace {

Shape with_spatial(
    std::int64_t samples,
    std::int64_t channels,
    const std::vector<std::int64_t>& spatial) {
  Shape shape{samples, channels};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  return shape;
}

void require_bias(const NodeFacts& facts, std::int64_t channels) {
  if (facts.has(2) && facts.shape(2) != Shape{channels}) {
    facts.mismatch(fmt::format("expected a bias of shape [{}]", channels));
  }
}

std::vector<ValueFacts> conv(const NodeFacts& facts) {
  const WindowGeometry window = conv_geometry(facts);
  const Shape& input = facts.shape(0);
  const Shape& weight = facts.shape(1);
  const std::int64_t group = facts.node().integer("group", 1);
  if (group < 1 || input[1] != weight[1] * group || weight[0] % group != 0) {
    facts.mismatch(fmt::format(
        "{} input channels do not fit a weight for {} channels in {} groups",
        input[1],
        weight[1],
        group));
  }
  require_bias(facts, weight[0]);
  return {
      {facts.type(0), with_spatial(input[0], weight[0], window.output), {}}};
}

std::vector<ValueFacts> conv_transpose(const NodeFacts& facts) {
  const WindowGeometry window = conv_transpose_geometry(facts);
  const Shape& input = facts.shape(0);
  const Shape& weight = facts.shape(1);
  const std::int64_t group = facts.node().integer("group", 1);
  if (group < 1 || input[1] != weight[0] || weight[0] % group != 0) {
    facts.mismatch(fmt::format(
        "{} input channels do not fit a weight for {} channels in {} groups",
        input[1],
        weight[0],
        group));
  }
  const std::int64_t channels = weight[1] * group;
  require_bias(facts, channels);
  return {{facts.type(0), with_spatial(input[0], channels, window.output), {}}};
}

std::vector<ValueFacts> pool(const NodeFacts& facts) {
  const WindowGeometry window = pool_geometry(facts);
  const Shape& input = facts.shape(0);
  const Shape output = with_spatial(input[0], input[1], window.output);
  return {{facts.type(0), output, {}}, {DataType::Int64, output, {}}};
}

std::vector<ValueFacts> global_pool(const NodeFacts& facts) {
  const Shape& input = facts.shape(0);
  if (input.size() < 3) {
    facts.mismatch("needs an input with spatial axes");
  }
  const std::vector<std::int64_t> ones(input.size() - 2, 1);
  return {{facts.type(0), with_spatial(input[0], input[1], ones), {}}};
}

}  // namespace

ShapeRules window_shape_rules() {
  return {
      {"Conv", conv},
      {"ConvTranspose", conv_transpose},
      {"AveragePool", pool},
      {"LpPool", pool},
      {"MaxPool", pool},
      {"GlobalAveragePool", global_pool},
      {"GlobalMaxPool", global_pool}};
}

}  // namespace ompq
