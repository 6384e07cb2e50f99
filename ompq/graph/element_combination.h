// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "ompq/graph/element_selection.h"
#include "ompq/graph/node_facts.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {

/// Applies `operation` to two tensors already of the same shape and type;
/// nullopt if the element type has no arithmetic (bool, half, packed).
template <typename Operation>
std::optional<Constant> combine_elements(
    const Constant& a, const Constant& b, Operation operation) {
  std::optional<Constant> result;
  visit_element_type(a.type(), [&]<typename T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      const auto left = a.elements<T>();
      const auto right = b.elements<T>();
      result = generate_elements<T>(a.type(), a.shape(), [&](std::size_t i) {
        return operation(left[i], right[i]);
      });
    }
  });
  return result;
}

/// Folds all inputs, stretched to the output's shape, from left to right.
template <typename Operation>
std::optional<std::vector<Constant>> fold_inputs(
    const NodeFacts& facts,
    const std::vector<ValueFacts>& outputs,
    Operation operation) {
  const Shape& shape = *outputs[0].shape;
  std::optional<Constant> total = broadcast_to(*facts.constant(0), shape);
  for (std::size_t index = 1; index < facts.count() && total; ++index) {
    total = combine_elements(
        *total, broadcast_to(*facts.constant(index), shape), operation);
  }
  if (!total) {
    return std::nullopt;
  }
  return std::vector<Constant>{*total};
}

}  // namespace ompq
