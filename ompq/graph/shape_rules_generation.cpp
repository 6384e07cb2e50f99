// SPDX-License-Identifier: MIT
#include <cmath>

#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

std::vector<ValueFacts> shape_of(const NodeFacts& facts) {
  return {{DataType::Int64, Shape{shape_slice(facts).count}, {}}};
}

std::vector<ValueFacts> size_of(const NodeFacts& facts) {
  static_cast<void>(facts.shape(0));
  return {{DataType::Int64, Shape{}, {}}};
}

std::vector<ValueFacts> constant_of_shape(const NodeFacts& facts) {
  DataType type = DataType::Float32;
  const auto found = facts.node().attributes.find("value");
  if (found != facts.node().attributes.end()) {
    const auto* value = std::get_if<Constant>(&found->second);
    if (value == nullptr || value->size() != 1) {
      facts.invalid("attribute 'value' must be a tensor of one element");
    }
    type = value->type();
  }
  return {{type, facts.integers(0), {}}};
}

std::vector<ValueFacts> range(const NodeFacts& facts) {
  for (std::size_t index = 0; index < 3; ++index) {
    if (facts.constant(index) == nullptr) {
      return {{facts.type(0), {}, {}}};
    }
    if (facts.constant(index)->size() != 1) {
      facts.mismatch("start, limit and delta must be scalars");
    }
  }
  std::int64_t count = 0;
  if (is_floating_point(facts.type(0))) {
    const double start = facts.constant(0)->to_double()[0];
    const double limit = facts.constant(1)->to_double()[0];
    const double delta = facts.constant(2)->to_double()[0];
    const double exact = std::ceil((limit - start) / delta);
    if (!std::isfinite(exact) || exact > 1e12) {
      facts.invalid(
          fmt::format("a range from {} to {} by {}", start, limit, delta));
    }
    count = exact > 0.0 ? static_cast<std::int64_t>(exact) : 0;
  } else {
    const std::int64_t start = facts.constant(0)->to_int64()[0];
    const std::int64_t limit = facts.constant(1)->to_int64()[0];
    const std::int64_t delta = facts.constant(2)->to_int64()[0];
    if (delta == 0) {
      facts.invalid("a step of 0");
    }
    const std::int64_t span = delta > 0 ? limit - start : start - limit;
    const std::int64_t stride = delta > 0 ? delta : -delta;
    count = span > 0 ? (span - 1) / stride + 1 : 0;
  }
  return {{facts.type(0), Shape{count}, {}}};
}

std::vector<ValueFacts> one_hot(const NodeFacts& facts) {
  const Constant* depth = facts.constant(1);
  if (depth == nullptr) {
    return {{facts.type(2), {}, {}}};
  }
  if (depth->size() != 1 || depth->to_double()[0] < 1.0) {
    facts.invalid("the depth must be one positive number");
  }
  Shape output = facts.shape(0);
  const std::int64_t axis =
      facts.axis(facts.node().integer("axis", -1), facts.rank(0) + 1);
  output.insert(
      output.begin() + static_cast<std::ptrdiff_t>(axis),
      static_cast<std::int64_t>(depth->to_double()[0]));
  return {{facts.type(2), output, {}}};
}

}  // namespace

ShapeRules generation_shape_rules() {
  return {
      {"Shape", shape_of},
      {"Size", size_of},
      {"ConstantOfShape", constant_of_shape},
      {"Range", range},
      {"OneHot", one_hot}};
}

}  // namespace ompq
