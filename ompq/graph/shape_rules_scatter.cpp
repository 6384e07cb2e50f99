// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// Indices and updates must have the same shape, data the same rank.
std::vector<ValueFacts> scatter_elements(const NodeFacts& facts) {
  if (facts.shape(1) != facts.shape(2) || facts.rank(0) != facts.rank(1)) {
    facts.mismatch("indices and updates must have the same shape");
  }
  return keep_type_and_shape(facts);
}

std::vector<ValueFacts> scatter_nd(const NodeFacts& facts) {
  const Shape& data = facts.shape(0);
  const Shape& indices = facts.shape(1);
  if (indices.empty() || indices.back() > facts.rank(0)) {
    facts.mismatch("more coordinates than axes");
  }
  Shape updates(indices.begin(), indices.end() - 1);
  updates.insert(
      updates.end(),
      data.begin() + static_cast<std::ptrdiff_t>(indices.back()),
      data.end());
  if (updates != facts.shape(2)) {
    facts.mismatch(
        fmt::format("expected updates of shape {}", to_string(updates)));
  }
  return keep_type_and_shape(facts);
}

/// How many elements are not zero is known when the network runs.
std::vector<ValueFacts> non_zero(const NodeFacts&) {
  return {{DataType::Int64, std::nullopt, {}}};
}

std::vector<ValueFacts> compress(const NodeFacts& facts) {
  const auto condition = facts.integers(1);
  if (!condition) {
    return {{facts.type(0), std::nullopt, {}}};
  }
  const auto limit = [&](std::int64_t size) {
    const auto last = condition->begin() +
                      std::min<std::ptrdiff_t>(
                          size, static_cast<std::ptrdiff_t>(condition->size()));
    return static_cast<std::int64_t>(std::count(condition->begin(), last, 1));
  };
  if (!facts.node().has("axis")) {
    return {{facts.type(0), Shape{limit(element_count(facts.shape(0)))}, {}}};
  }
  Shape output = facts.shape(0);
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
  output[axis] = limit(output[axis]);
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> eye_like(const NodeFacts& facts) {
  const auto type = static_cast<DataType>(
      facts.node().integer("dtype", static_cast<std::int64_t>(facts.type(0))));
  return {{type, facts.shape(0), {}}};
}

}  // namespace

ShapeRules scatter_shape_rules() {
  return {
      {"Compress", compress},
      {"CumSum", keep_type_and_shape},
      {"EyeLike", eye_like},
      {"NonZero", non_zero},
      {"ReverseSequence", keep_type_and_shape},
      {"Scatter", scatter_elements},
      {"ScatterElements", scatter_elements},
      {"ScatterND", scatter_nd},
      {"Trilu", keep_type_and_shape}};
}

}  // namespace ompq
