// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>

#include "ompq/graph/graph.h"

namespace ompq::detail {

/// The only element of a constant input; `otherwise` if the input is left out,
/// absent if it is no constant of one element.
[[nodiscard]] inline std::optional<double> number_at(
    const Graph& graph,
    const Node& node,
    std::size_t index,
    std::optional<double> otherwise = std::nullopt) {
  if (!node.input(index)) {
    return otherwise;
  }
  const Constant* constant = graph.constant_input(node, index);
  return constant != nullptr && constant->size() == 1
             ? std::optional(constant->to_double().front())
             : std::nullopt;
}

}  // namespace ompq::detail
