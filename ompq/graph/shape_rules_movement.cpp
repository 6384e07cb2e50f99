// SPDX-License-Identifier: MIT
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

std::vector<ValueFacts> reshape(const NodeFacts& facts) {
  return {{facts.type(0), reshape_result(facts), {}}};
}

std::vector<ValueFacts> flatten(const NodeFacts& facts) {
  const Shape& input = facts.shape(0);
  const std::int64_t rank = facts.rank(0);
  // Unlike elsewhere, an axis behind the last one is allowed.
  const std::int64_t axis = facts.node().integer("axis", 1);
  const std::int64_t split =
      axis == rank ? rank : facts.axis(axis, std::max<std::int64_t>(1, rank));
  const auto middle = input.begin() + static_cast<std::ptrdiff_t>(split);
  const std::multiplies<> product;
  return {
      {facts.type(0),
       Shape{
           std::accumulate(input.begin(), middle, std::int64_t{1}, product),
           std::accumulate(middle, input.end(), std::int64_t{1}, product)},
       {}}};
}

std::vector<ValueFacts> transpose(const NodeFacts& facts) {
  Shape output;
  for (const std::int64_t axis : transpose_permutation(facts)) {
    output.push_back(facts.shape(0)[static_cast<std::size_t>(axis)]);
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> squeeze(const NodeFacts& facts) {
  const Shape& input = facts.shape(0);
  std::vector<std::int64_t> ones;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (input[axis] == 1) {
      ones.push_back(static_cast<std::int64_t>(axis));
    }
  }
  const auto axes = axes_argument(facts, 1, facts.rank(0), ones);
  if (!axes) {
    return {{facts.type(0), {}, {}}};
  }
  Shape output = input;
  for (auto axis = axes->rbegin(); axis != axes->rend(); ++axis) {
    const auto position = static_cast<std::ptrdiff_t>(*axis);
    if (output[static_cast<std::size_t>(*axis)] != 1) {
      facts.mismatch(fmt::format("axis {} is not of size 1", *axis));
    }
    output.erase(output.begin() + position);
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> unsqueeze(const NodeFacts& facts) {
  const std::optional<std::vector<std::int64_t>> given =
      facts.has(1) ? facts.integers(1)
                   : std::optional(facts.node().integers("axes", {}));
  if (!given) {
    return {{facts.type(0), {}, {}}};
  }
  Shape output = facts.shape(0);
  const auto added = static_cast<std::int64_t>(given->size());
  for (const std::int64_t axis : facts.axes(*given, facts.rank(0) + added)) {
    output.insert(output.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> expand(const NodeFacts& facts) {
  const auto target = facts.integers(1);
  if (!target) {
    return {{facts.type(0), {}, {}}};
  }
  std::optional<Shape> output = broadcast_shapes(facts.shape(0), *target);
  if (!output) {
    facts.mismatch(fmt::format("cannot be expanded to {}", to_string(*target)));
  }
  return {{facts.type(0), std::move(output), {}}};
}

std::vector<ValueFacts> tile(const NodeFacts& facts) {
  const auto repeats = facts.integers(1);
  if (!repeats) {
    return {{facts.type(0), {}, {}}};
  }
  Shape output = facts.shape(0);
  if (repeats->size() != output.size()) {
    facts.mismatch(
        fmt::format("repeats {} for each axis", to_string(*repeats)));
  }
  for (std::size_t axis = 0; axis < output.size(); ++axis) {
    output[axis] *= (*repeats)[axis];
  }
  return {{facts.type(0), output, {}}};
}

/// Channels to space: factor = block^2 in each direction.
std::vector<ValueFacts> depth_to_space(const NodeFacts& facts) {
  Shape output = facts.shape(0);
  const std::int64_t block = facts.node().integer("blocksize", 0);
  if (output.size() != 4 || block < 1 || output[1] % (block * block) != 0) {
    facts.mismatch(fmt::format("blocks of size {}", block));
  }
  output[1] /= block * block;
  output[2] *= block;
  output[3] *= block;
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> space_to_depth(const NodeFacts& facts) {
  Shape output = facts.shape(0);
  const std::int64_t block = facts.node().integer("blocksize", 0);
  if (output.size() != 4 || block < 1 || output[2] % block != 0 ||
      output[3] % block != 0) {
    facts.mismatch(fmt::format("blocks of size {}", block));
  }
  output[1] *= block * block;
  output[2] /= block;
  output[3] /= block;
  return {{facts.type(0), output, {}}};
}

}  // namespace

ShapeRules movement_shape_rules() {
  return {
      {"Reshape", reshape},
      {"Flatten", flatten},
      {"Transpose", transpose},
      {"Squeeze", squeeze},
      {"Unsqueeze", unsqueeze},
      {"Expand", expand},
      {"Tile", tile},
      {"DepthToSpace", depth_to_space},
      {"SpaceToDepth", space_to_depth}};
}

}  // namespace ompq
