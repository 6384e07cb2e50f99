// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "ompq/graph/element_selection.h"
#include "ompq/graph/evaluators.h"
#include "ompq/graph/shape_arithmetic.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

AxisMaps identity_maps(const Shape& shape) {
  AxisMaps maps;
  for (const std::int64_t size : shape) {
    maps.push_back(identity_map(size));
  }
  return maps;
}

std::size_t axis_attribute(const NodeFacts& facts) {
  return static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
}

/// Packed elements (4 and 2 bits) can only be moved as a whole.
bool is_packed(const NodeFacts& facts) {
  return bits_per_element(facts.type(0)) < 8;
}

/// Same bytes, new shape: Reshape, Flatten, Squeeze, Unsqueeze, Identity.
Result reshape(const NodeFacts& facts, const Outputs& outputs) {
  return Result({facts.constant(0)->reshaped(*outputs[0].shape)});
}

Result transpose(const NodeFacts& facts, const Outputs&) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  return Result(
      {permute_axes(*facts.constant(0), transpose_permutation(facts))});
}

Result expand(const NodeFacts& facts, const Outputs& outputs) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  return Result({broadcast_to(*facts.constant(0), *outputs[0].shape)});
}

Result tile(const NodeFacts& facts, const Outputs& outputs) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  AxisMaps maps = identity_maps(*outputs[0].shape);
  for (std::size_t axis = 0; axis < maps.size(); ++axis) {
    for (std::int64_t& position : maps[axis]) {
      position %= facts.shape(0)[axis];
    }
  }
  return Result({select_elements(*facts.constant(0), maps)});
}

Result slice(const NodeFacts& facts, const Outputs&) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  AxisMaps maps;
  const std::vector<AxisRange> ranges = *slice_ranges(facts);
  for (const AxisRange& range : ranges) {
    maps.push_back(identity_map(range.count));
    for (std::int64_t& position : maps.back()) {
      position = range.begin + position * range.step;
    }
  }
  return Result({select_elements(*facts.constant(0), maps)});
}

Result split(const NodeFacts& facts, const Outputs& outputs) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  std::vector<Constant> parts;
  AxisMaps maps = identity_maps(facts.shape(0));
  const std::size_t axis = axis_attribute(facts);
  std::int64_t begin = 0;
  for (const ValueFacts& output : outputs) {
    maps[axis] = identity_map((*output.shape)[axis]);
    for (std::int64_t& position : maps[axis]) {
      position += begin;
    }
    begin += (*output.shape)[axis];
    parts.push_back(select_elements(*facts.constant(0), maps));
  }
  return parts;
}

/// Rows of the inputs one after the other; a row is what lies within `axis`.
Result concat(const NodeFacts& facts, const Outputs& outputs) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  const std::size_t axis = axis_attribute(facts);
  std::int64_t rows = 1;
  for (std::size_t outer = 0; outer < axis; ++outer) {
    rows *= facts.shape(0)[outer];
  }
  std::vector<std::byte> bytes;
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::size_t index = 0; index < facts.count(); ++index) {
      const auto source = facts.constant(index)->bytes();
      const std::size_t length = source.size() / static_cast<std::size_t>(rows);
      const auto part =
          source.subspan(static_cast<std::size_t>(row) * length, length);
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
  }
  return Result({Constant(facts.type(0), *outputs[0].shape, std::move(bytes))});
}

Result gather(const NodeFacts& facts, const Outputs& outputs) {
  if (is_packed(facts)) {
    return std::nullopt;
  }
  const std::size_t axis = axis_attribute(facts);
  const std::int64_t size = facts.shape(0)[axis];
  std::vector<std::int64_t> indices = *facts.integers(1);
  for (std::int64_t& index : indices) {
    if (index < -size || index >= size) {
      facts.mismatch(
          fmt::format("index {} is outside axis {} of {}", index, axis, size));
    }
    index += index < 0 ? size : 0;
  }
  AxisMaps maps = identity_maps(facts.shape(0));
  maps[axis] = std::move(indices);
  return Result(
      {select_elements(*facts.constant(0), maps).reshaped(*outputs[0].shape)});
}

/// The position that an index outside the axis reads; -1 for the fill value.
std::int64_t padded_position(
    std::int64_t position, std::int64_t size, const std::string& mode) {
  if (position >= 0 && position < size) {
    return position;
  }
  if (mode == "edge") {
    return std::clamp<std::int64_t>(position, 0, size - 1);
  }
  if (mode == "wrap") {
    return ((position % size) + size) % size;
  }
  if (mode == "reflect" && size > 1) {
    const std::int64_t period = 2 * (size - 1);
    const std::int64_t phase = ((position % period) + period) % period;
    return phase < size ? phase : period - phase;
  }
  return mode == "reflect" ? 0 : -1;
}

Result pad(const NodeFacts& facts, const Outputs& outputs) {
  const std::string mode = facts.node().text("mode", "constant");
  const bool empty = facts.constant(0)->size() == 0;
  if (is_packed(facts) || (empty && mode != "constant")) {
    return std::nullopt;
  }
  const std::vector<std::int64_t> amounts = *pad_amounts(facts);
  AxisMaps maps = identity_maps(*outputs[0].shape);
  for (std::size_t axis = 0; axis < maps.size(); ++axis) {
    for (std::int64_t& position : maps[axis]) {
      position =
          padded_position(position - amounts[axis], facts.shape(0)[axis], mode);
    }
  }
  const Constant zero = Constant::scalar<float>(0.0F).cast(facts.type(0));
  const Constant* given = facts.constant(2);
  if (given != nullptr &&
      (given->size() != 1 || given->type() != facts.type(0))) {
    facts.invalid("the fill value must be one element of the input's type");
  }
  return Result({select_elements(
      *facts.constant(0), maps, given == nullptr ? zero : *given)});
}

}  // namespace

Evaluators movement_evaluators() {
  return {
      {"Concat", concat},
      {"Expand", expand},
      {"Flatten", reshape},
      {"Gather", gather},
      {"Identity", reshape},
      {"Pad", pad},
      {"Reshape", reshape},
      {"Slice", slice},
      {"Split", split},
      {"Squeeze", reshape},
      {"Tile", tile},
      {"Transpose", transpose},
      {"Unsqueeze", reshape}};
}

}  // namespace ompq
