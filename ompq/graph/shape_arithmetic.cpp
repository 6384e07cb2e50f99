// SPDX-License-Identifier: MIT
#include "ompq/graph/shape_arithmetic.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace ompq {
namespace {

using Integers = std::vector<std::int64_t>;

/// A constant input of as many entries as there are axes to change; nullopt if
/// it is not constant, `fallback` everywhere if it is left out.
std::optional<Integers> entries_per_axis(
    const NodeFacts& facts,
    std::size_t index,
    std::size_t count,
    std::int64_t fallback) {
  if (!facts.has(index)) {
    return Integers(count, fallback);
  }
  std::optional<Integers> entries = facts.integers(index);
  if (entries && entries->size() != count) {
    facts.mismatch(fmt::format(
        "input {} must have {} entries, got {}",
        index,
        count,
        to_string(*entries)));
  }
  return entries;
}

/// Axes in the order given; every axis if the input is left out.
std::optional<Integers> ordered_axes(
    const NodeFacts& facts, std::size_t index, std::int64_t rank) {
  if (!facts.has(index)) {
    Integers all(static_cast<std::size_t>(rank));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  std::optional<Integers> axes = facts.integers(index);
  if (axes) {
    static_cast<void>(facts.axes(*axes, rank));
    for (std::int64_t& axis : *axes) {
      axis = facts.axis(axis, rank);
    }
  }
  return axes;
}

/// Clamps as ONNX does: ends may lie anywhere, steps may be negative.
AxisRange clamp_range(
    std::int64_t start,
    std::int64_t end,
    std::int64_t step,
    std::int64_t size) {
  if (size == 0) {
    return {0, step, 0};
  }
  const std::int64_t lowest = step > 0 ? 0 : -1;
  const std::int64_t highest = step > 0 ? size : size - 1;
  start = start < 0 ? start + size : start;
  end = end < 0 ? end + size : end;
  start = std::clamp<std::int64_t>(start, 0, highest);
  end = std::clamp(end, lowest, highest);
  const std::int64_t span = step > 0 ? end - start : start - end;
  const std::int64_t stride = step > 0 ? step : -step;
  const std::int64_t count = span > 0 ? (span - 1) / stride + 1 : 0;
  return {start, step, count};
}

}  // namespace

std::optional<Shape> broadcast_shapes(const Shape& first, const Shape& second) {
  const Shape& longer = first.size() >= second.size() ? first : second;
  const Shape& shorter = first.size() >= second.size() ? second : first;
  Shape result = longer;
  const std::size_t offset = longer.size() - shorter.size();
  for (std::size_t axis = 0; axis < shorter.size(); ++axis) {
    const std::int64_t here = longer[offset + axis];
    const std::int64_t there = shorter[axis];
    if (here != there && here != 1 && there != 1) {
      return std::nullopt;
    }
    result[offset + axis] = here == 1 ? there : here;
  }
  return result;
}

Shape broadcast_inputs(const NodeFacts& facts) {
  Shape result = facts.shape(0);
  for (std::size_t index = 1; index < facts.count(); ++index) {
    std::optional<Shape> common = broadcast_shapes(result, facts.shape(index));
    if (!common) {
      facts.mismatch("the shapes cannot be broadcast to each other");
    }
    result = std::move(*common);
  }
  return result;
}

std::optional<std::vector<std::int64_t>> axes_argument(
    const NodeFacts& facts,
    std::size_t index,
    std::int64_t rank,
    const std::vector<std::int64_t>& fallback) {
  if (facts.has(index)) {
    const std::optional<Integers> axes = facts.integers(index);
    if (!axes) {
      return std::nullopt;
    }
    return axes->empty() ? fallback : facts.axes(*axes, rank);
  }
  if (facts.node().has("axes")) {
    return facts.axes(facts.node().integers("axes", {}), rank);
  }
  return fallback;
}

std::optional<std::vector<AxisRange>> slice_ranges(const NodeFacts& facts) {
  const Shape& shape = facts.shape(0);
  const std::optional<Integers> starts = facts.integers(1);
  const std::optional<Integers> ends = facts.integers(2);
  if (!starts || !ends) {
    return std::nullopt;
  }
  const std::optional<Integers> axes = ordered_axes(
      facts,
      3,
      facts.has(3) ? facts.rank(0) : static_cast<std::int64_t>(starts->size()));
  const std::optional<Integers> steps =
      entries_per_axis(facts, 4, starts->size(), 1);
  if (!axes || !steps) {
    return std::nullopt;
  }
  if (starts->size() != ends->size() || starts->size() != axes->size() ||
      starts->size() > shape.size()) {
    facts.mismatch(fmt::format(
        "starts {}, ends {} and axes {} do not fit",
        to_string(*starts),
        to_string(*ends),
        to_string(*axes)));
  }
  std::vector<AxisRange> ranges;
  for (const std::int64_t size : shape) {
    ranges.push_back({0, 1, size});
  }
  for (std::size_t entry = 0; entry < axes->size(); ++entry) {
    const auto axis = static_cast<std::size_t>((*axes)[entry]);
    if ((*steps)[entry] == 0) {
      facts.invalid("a step of 0");
    }
    ranges[axis] = clamp_range(
        (*starts)[entry], (*ends)[entry], (*steps)[entry], shape[axis]);
  }
  return ranges;
}

AxisRange shape_slice(const NodeFacts& facts) {
  const std::int64_t rank = facts.rank(0);
  return clamp_range(
      std::max(facts.node().integer("start", 0), -rank),
      std::max(facts.node().integer("end", rank), -rank),
      1,
      rank);
}

std::optional<std::vector<std::int64_t>> split_sizes(const NodeFacts& facts) {
  const Node& node = facts.node();
  const auto axis = static_cast<std::size_t>(
      facts.axis(node.integer("axis", 0), facts.rank(0)));
  const std::int64_t size = facts.shape(0)[axis];
  std::optional<Integers> sizes;
  if (facts.has(1)) {
    sizes = facts.integers(1);
  } else if (node.has("split")) {
    sizes = node.integers("split", {});
  } else {
    // The last part is smaller if the axis cannot be divided evenly.
    const std::int64_t parts = node.integer(
        "num_outputs", static_cast<std::int64_t>(node.outputs.size()));
    const std::int64_t part =
        (size + parts - 1) / std::max<std::int64_t>(1, parts);
    sizes = Integers(static_cast<std::size_t>(parts), part);
    sizes->back() = size - part * (parts - 1);
  }
  if (sizes &&
      (sizes->size() < node.outputs.size() ||
       std::accumulate(sizes->begin(), sizes->end(), std::int64_t{0}) != size ||
       *std::min_element(sizes->begin(), sizes->end()) < 0)) {
    facts.mismatch(fmt::format(
        "{} outputs of sizes {} do not make up axis {}",
        node.outputs.size(),
        to_string(*sizes),
        axis));
  }
  return sizes;
}

std::optional<std::vector<std::int64_t>> pad_amounts(const NodeFacts& facts) {
  const auto rank = static_cast<std::size_t>(facts.rank(0));
  std::optional<Integers> given =
      facts.has(1) ? facts.integers(1)
                   : std::optional(facts.node().integers("pads", {}));
  const std::optional<Integers> axes = ordered_axes(facts, 3, facts.rank(0));
  if (!given || !axes) {
    return std::nullopt;
  }
  if (given->size() != 2 * axes->size()) {
    facts.mismatch(fmt::format(
        "pads must have {} entries, got {}",
        2 * axes->size(),
        to_string(*given)));
  }
  Integers amounts(2 * rank, 0);
  for (std::size_t entry = 0; entry < axes->size(); ++entry) {
    const auto axis = static_cast<std::size_t>((*axes)[entry]);
    amounts[axis] = (*given)[entry];
    amounts[rank + axis] = (*given)[axes->size() + entry];
  }
  return amounts;
}

std::optional<Shape> reshape_result(const NodeFacts& facts) {
  const Shape& input = facts.shape(0);
  std::optional<Integers> target =
      facts.has(1) ? facts.integers(1)
                   : std::optional(facts.node().integers("shape", {}));
  if (!target) {
    return std::nullopt;
  }
  const std::string asked = to_string(*target);
  const bool copy_zeros = facts.node().integer("allowzero", 0) == 0;
  std::optional<std::size_t> open;
  std::int64_t known = 1;
  for (std::size_t axis = 0; axis < target->size(); ++axis) {
    std::int64_t& size = (*target)[axis];
    if (size == 0 && copy_zeros) {
      if (axis >= input.size()) {
        facts.mismatch(fmt::format("target {} copies no dimension", asked));
      }
      size = input[axis];
    }
    if (size < -1 || (size == -1 && open)) {
      facts.mismatch(fmt::format("target {} is no shape", asked));
    }
    if (size == -1) {
      open = axis;
    } else {
      known *= size;
    }
  }
  const std::int64_t elements = element_count(input);
  if (open && known != 0 && elements % known == 0) {
    (*target)[*open] = elements / known;
    known = elements;
  }
  if (known != elements || (open && (*target)[*open] < 0)) {
    facts.mismatch(
        fmt::format("{} elements cannot be reshaped to {}", elements, asked));
  }
  return target;
}

std::vector<std::int64_t> transpose_permutation(const NodeFacts& facts) {
  const auto rank = static_cast<std::size_t>(facts.rank(0));
  Integers reversed(rank);
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  Integers permutation = facts.node().integers("perm", reversed);
  Integers sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  std::reverse(reversed.begin(), reversed.end());
  if (sorted != reversed) {
    facts.mismatch(fmt::format(
        "perm {} is no permutation of {} axes", to_string(permutation), rank));
  }
  return permutation;
}

}  // namespace ompq
