// SPDX-License-Identifier: MIT
#include <numeric>

#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

Shape reduced(
    const Shape& input, const std::vector<std::int64_t>& axes, bool keep) {
  Shape output = input;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (keep) {
      output[static_cast<std::size_t>(*axis)] = 1;
    } else {
      output.erase(output.begin() + static_cast<std::ptrdiff_t>(*axis));
    }
  }
  return output;
}

std::vector<ValueFacts> reduce(const NodeFacts& facts) {
  std::vector<std::int64_t> fallback;
  if (facts.node().integer("noop_with_empty_axes", 0) == 0) {
    fallback.resize(facts.shape(0).size());
    std::iota(fallback.begin(), fallback.end(), 0);
  }
  const auto axes = axes_argument(facts, 1, facts.rank(0), fallback);
  if (!axes) {
    return {{facts.type(0), {}, {}}};
  }
  const bool keep = facts.node().integer("keepdims", 1) != 0;
  return {{facts.type(0), reduced(facts.shape(0), *axes, keep), {}}};
}

std::vector<ValueFacts> arg_extreme(const NodeFacts& facts) {
  const std::int64_t axis =
      facts.axis(facts.node().integer("axis", 0), facts.rank(0));
  const bool keep = facts.node().integer("keepdims", 1) != 0;
  return {{DataType::Int64, reduced(facts.shape(0), {axis}, keep), {}}};
}

std::vector<ValueFacts> top_k(const NodeFacts& facts) {
  const auto count = facts.integers(1);
  if (!count) {
    return {{facts.type(0), {}, {}}, {DataType::Int64, {}, {}}};
  }
  Shape output = facts.shape(0);
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", -1), facts.rank(0)));
  if (count->size() != 1 || count->front() < 0 ||
      count->front() > output[axis]) {
    facts.mismatch(
        fmt::format("k = {} of {} elements", to_string(*count), output[axis]));
  }
  output[axis] = count->front();
  return {{facts.type(0), output, {}}, {DataType::Int64, output, {}}};
}

}  // namespace

ShapeRules reduction_shape_rules() {
  ShapeRules rules;
  for (const char* name :
       {"ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMax",
        "ReduceMean",
        "ReduceMin",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare"}) {
    rules[name] = reduce;
  }
  rules["ArgMax"] = arg_extreme;
  rules["ArgMin"] = arg_extreme;
  rules["TopK"] = top_k;
  return rules;
}

}  // namespace ompq
