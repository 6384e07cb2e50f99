// SPDX-License-Identifier: MIT
#include "ompq/graph/batch_rewrites.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/shape_arithmetic.h"

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;

Constant vector_of(const Integers& entries) {
  return Constant::from<std::int64_t>(
      entries, {static_cast<std::int64_t>(entries.size())});
}

/// The entries of an input that is the same constant for any batch; what is
/// computed from the batch follows it already.
std::optional<Integers> fixed_integers(
    const NodeFacts& single, const NodeFacts& twofold, std::size_t index) {
  std::optional<Integers> entries = twofold.integers(index);
  return entries == single.integers(index) ? entries : std::nullopt;
}

bool leading_doubles(const NodeFacts& single, const NodeFacts& twofold) {
  return single.shapes_known() && twofold.shapes_known() &&
         !single.shape(0).empty() && !twofold.shape(0).empty() &&
         twofold.shape(0).front() == 2 * single.shape(0).front();
}

bool can_reshape(const NodeFacts& facts) {
  try {
    static_cast<void>(reshape_result(facts));
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// [1, K] -> [0, K] (copy the batch); [T, K] made of [1, T, K] -> [-1, K].
std::optional<InputRewrite> rewrite_reshape(
    const NodeFacts& single, const NodeFacts& twofold) {
  std::optional<Integers> target = fixed_integers(single, twofold, 1);
  if (!target || target->empty() || target->front() < 1) {
    return std::nullopt;
  }
  const bool copies = single.node().integer("allowzero", 0) == 0;
  const bool is_open =
      std::find(target->begin(), target->end(), -1) != target->end();
  if (copies && single.shape(0).front() == 1 && target->front() == 1) {
    target->front() = 0;
  } else if (!is_open && !can_reshape(twofold)) {
    target->front() = -1;
  } else {
    return std::nullopt;
  }
  return InputRewrite{1, vector_of(*target)};
}

/// A Slice that takes the whole first axis of one sample takes all samples.
std::optional<InputRewrite> rewrite_slice(
    const NodeFacts& single, const NodeFacts& twofold) {
  const auto before = slice_ranges(single);
  const auto after = slice_ranges(twofold);
  std::optional<Integers> ends = fixed_integers(single, twofold, 2);
  if (!before || !after || !ends || before->front().step != 1 ||
      before->front().count != single.shape(0).front() ||
      after->front().count == twofold.shape(0).front()) {
    return std::nullopt;
  }
  Integers axes;
  if (twofold.has(3)) {
    axes = *twofold.integers(3);
  } else {
    for (std::size_t axis = 0; axis < ends->size(); ++axis) {
      axes.push_back(static_cast<std::int64_t>(axis));
    }
  }
  for (std::size_t entry = 0; entry < axes.size(); ++entry) {
    if (twofold.axis(axes[entry], twofold.rank(0)) == 0) {
      (*ends)[entry] = std::numeric_limits<std::int64_t>::max();
    }
  }
  return InputRewrite{2, vector_of(*ends).cast(twofold.constant(2)->type())};
}

/// An Expand to a size that fixes the batch keeps the batch: 1 stretches.
std::optional<InputRewrite> rewrite_expand(
    const NodeFacts& single, const NodeFacts& twofold, const Shape& result) {
  std::optional<Integers> target = fixed_integers(single, twofold, 1);
  if (!target || target->size() != single.shape(0).size() ||
      target->front() != single.shape(0).front() || target->front() == 1 ||
      result.front() != target->front()) {
    return std::nullopt;
  }
  target->front() = 1;
  return InputRewrite{1, vector_of(*target)};
}

}  // namespace

std::optional<InputRewrite> rewrite_for_batch(
    const NodeFacts& single, const NodeFacts& twofold, const Shape& result) {
  if (!leading_doubles(single, twofold)) {
    return std::nullopt;
  }
  const std::string& op = single.node().op_type;
  if (op == "Reshape") {
    return rewrite_reshape(single, twofold);
  }
  if (op == "Slice") {
    return rewrite_slice(single, twofold);
  }
  return op == "Expand" ? rewrite_expand(single, twofold, result)
                        : std::nullopt;
}

}  // namespace ompq
