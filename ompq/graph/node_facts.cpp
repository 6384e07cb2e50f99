// SPDX-License-Identifier: MIT
#include "ompq/graph/node_facts.h"

#include <algorithm>

#include <fmt/format.h>

#include "ompq/core/error.h"

namespace ompq {

bool NodeFacts::has(std::size_t index) const {
  return index < inputs_.size() && inputs_[index] != nullptr;
}

bool NodeFacts::shapes_known() const {
  return std::all_of(
      inputs_.begin(), inputs_.end(), [](const ValueFacts* facts) {
        return facts == nullptr || facts->shape.has_value();
      });
}

const ValueFacts& NodeFacts::input(std::size_t index) const {
  if (!has(index)) {
    invalid(fmt::format("input {} is missing", index));
  }
  return *inputs_[index];
}

DataType NodeFacts::type(std::size_t index) const {
  return input(index).type;
}

const Shape& NodeFacts::shape(std::size_t index) const {
  const ValueFacts& facts = input(index);
  if (!facts.shape) {
    invalid(fmt::format("the shape of input {} is not known", index));
  }
  return *facts.shape;
}

std::int64_t NodeFacts::rank(std::size_t index) const {
  return static_cast<std::int64_t>(shape(index).size());
}

const Constant* NodeFacts::constant(std::size_t index) const {
  if (!has(index) || !inputs_[index]->constant) {
    return nullptr;
  }
  return &*inputs_[index]->constant;
}

std::optional<std::vector<std::int64_t>> NodeFacts::integers(
    std::size_t index) const {
  const Constant* found = constant(index);
  if (found == nullptr) {
    return std::nullopt;
  }
  if (is_floating_point(found->type()) || found->type() == DataType::String) {
    invalid(fmt::format(
        "input {} must hold integers, got {}",
        index,
        to_string(found->type())));
  }
  return found->to_int64();
}

std::int64_t NodeFacts::axis(std::int64_t axis, std::int64_t rank) const {
  if (axis < -rank || axis >= rank) {
    mismatch(fmt::format("axis {} is outside [-{}, {})", axis, rank, rank));
  }
  return axis < 0 ? axis + rank : axis;
}

std::vector<std::int64_t> NodeFacts::axes(
    const std::vector<std::int64_t>& axes, std::int64_t rank) const {
  std::vector<std::int64_t> sorted;
  sorted.reserve(axes.size());
  for (const std::int64_t entry : axes) {
    sorted.push_back(axis(entry, rank));
  }
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    mismatch(fmt::format("an axis is given twice in {}", to_string(axes)));
  }
  return sorted;
}

void NodeFacts::mismatch(const std::string& problem) const {
  fail(ErrorCode::ShapeMismatch, "{}", describe(problem));
}

void NodeFacts::invalid(const std::string& problem) const {
  fail(ErrorCode::InvalidModel, "{}", describe(problem));
}

std::string NodeFacts::describe(const std::string& problem) const {
  std::string shapes;
  for (const ValueFacts* facts : inputs_) {
    shapes += shapes.empty() ? " with inputs " : ", ";
    if (facts == nullptr) {
      shapes += "(absent)";
    } else {
      shapes += facts->shape ? to_string(*facts->shape) : "(unknown)";
    }
  }
  return fmt::format(
      "[infer_shapes] node '{}' ({}){}: {}",
      node_->name,
      node_->op_type,
      shapes,
      problem);
}

}  // namespace ompq
