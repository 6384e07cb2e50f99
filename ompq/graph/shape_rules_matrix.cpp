// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

std::vector<ValueFacts> gemm(const NodeFacts& facts) {
  const Shape& a = facts.shape(0);
  const Shape& b = facts.shape(1);
  if (a.size() != 2 || b.size() != 2) {
    facts.mismatch("needs two matrices");
  }
  const std::size_t trans_a = facts.node().integer("transA", 0) != 0 ? 1 : 0;
  const std::size_t trans_b = facts.node().integer("transB", 0) != 0 ? 1 : 0;
  if (a[1 - trans_a] != b[trans_b]) {
    facts.mismatch(fmt::format(
        "the inner sizes differ: {} and {}", a[1 - trans_a], b[trans_b]));
  }
  const Shape output{a[trans_a], b[1 - trans_b]};
  if (facts.has(2) && broadcast_shapes(output, facts.shape(2)) != output) {
    facts.mismatch(
        fmt::format("input 2 cannot be broadcast to {}", to_string(output)));
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> matmul(const NodeFacts& facts) {
  Shape a = facts.shape(0);
  Shape b = facts.shape(1);
  if (a.empty() || b.empty()) {
    facts.mismatch("a scalar is no matrix");
  }
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) {
    a.insert(a.begin(), 1);
  }
  if (column) {
    b.push_back(1);
  }
  if (a.back() != b[b.size() - 2]) {
    facts.mismatch(fmt::format(
        "the inner sizes differ: {} and {}", a.back(), b[b.size() - 2]));
  }
  const std::optional<Shape> stack = broadcast_shapes(
      Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  if (!stack) {
    facts.mismatch("the leading sizes cannot be broadcast to each other");
  }
  Shape output = *stack;
  if (!row) {
    output.push_back(a[a.size() - 2]);
  }
  if (!column) {
    output.push_back(b.back());
  }
  return {{facts.type(0), output, {}}};
}

}  // namespace

ShapeRules matrix_shape_rules() {
  return {{"Gemm", gemm}, {"MatMul", matmul}};
}

}  // namespace ompq
