// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

std::vector<ValueFacts> concat(const NodeFacts& facts) {
  Shape output = facts.shape(0);
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
  for (std::size_t index = 1; index < facts.count(); ++index) {
    Shape other = facts.shape(index);
    if (facts.type(index) != facts.type(0)) {
      facts.invalid("inputs of different types");
    }
    if (other.size() != output.size()) {
      facts.mismatch(fmt::format("the rank of input {} differs", index));
    }
    output[axis] += other[axis];
    other[axis] = output[axis];
    if (other != output) {
      facts.mismatch(
          fmt::format("input {} differs in another axis than {}", index, axis));
    }
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> split(const NodeFacts& facts) {
  const auto sizes = split_sizes(facts);
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
  std::vector<ValueFacts> outputs(
      facts.node().outputs.size(), {facts.type(0), {}, {}});
  for (std::size_t part = 0; sizes && part < outputs.size(); ++part) {
    outputs[part].shape = facts.shape(0);
    (*outputs[part].shape)[axis] = (*sizes)[part];
  }
  return outputs;
}

std::vector<ValueFacts> slice(const NodeFacts& facts) {
  const auto ranges = slice_ranges(facts);
  if (!ranges) {
    return {{facts.type(0), {}, {}}};
  }
  Shape output;
  for (const AxisRange& range : *ranges) {
    output.push_back(range.count);
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> pad(const NodeFacts& facts) {
  const auto amounts = pad_amounts(facts);
  if (!amounts) {
    return {{facts.type(0), {}, {}}};
  }
  Shape output = facts.shape(0);
  for (std::size_t axis = 0; axis < output.size(); ++axis) {
    output[axis] += (*amounts)[axis] + (*amounts)[output.size() + axis];
    if (output[axis] < 0) {
      facts.mismatch(
          fmt::format("pads {} remove too much", to_string(*amounts)));
    }
  }
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> gather(const NodeFacts& facts) {
  Shape output = facts.shape(0);
  const auto axis = static_cast<std::ptrdiff_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
  const Shape& indices = facts.shape(1);
  const auto position = output.erase(output.begin() + axis);
  output.insert(position, indices.begin(), indices.end());
  return {{facts.type(0), output, {}}};
}

std::vector<ValueFacts> gather_elements(const NodeFacts& facts) {
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
  const Shape& indices = facts.shape(1);
  if (indices.size() != facts.shape(0).size()) {
    facts.mismatch("data and indices must have the same rank");
  }
  for (std::size_t other = 0; other < indices.size(); ++other) {
    if (other != axis && indices[other] > facts.shape(0)[other]) {
      facts.mismatch(fmt::format("more indices than data in axis {}", other));
    }
  }
  return {{facts.type(0), indices, {}}};
}

std::vector<ValueFacts> gather_nd(const NodeFacts& facts) {
  const Shape& data = facts.shape(0);
  const Shape& indices = facts.shape(1);
  const std::int64_t batch = facts.node().integer("batch_dims", 0);
  if (indices.empty() || batch < 0 || batch >= facts.rank(1) ||
      indices.back() + batch > facts.rank(0)) {
    facts.mismatch(fmt::format(
        "indices of {} coordinates, batch_dims {}",
        indices.empty() ? 0 : indices.back(),
        batch));
  }
  Shape output(indices.begin(), indices.end() - 1);
  output.insert(
      output.end(),
      data.begin() + static_cast<std::ptrdiff_t>(batch + indices.back()),
      data.end());
  return {{facts.type(0), output, {}}};
}

}  // namespace

ShapeRules indexing_shape_rules() {
  return {
      {"Concat", concat},
      {"Split", split},
      {"Slice", slice},
      {"Pad", pad},
      {"Gather", gather},
      {"GatherElements", gather_elements},
      {"GatherND", gather_nd}};
}

}  // namespace ompq
