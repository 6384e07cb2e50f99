// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ompq/allocation/problem.h"

namespace ompq::detail {

enum Direction : std::size_t { Down = 0, Up = 1 };

/// Layers that step together: a tied group, or one layer; ascending.
using LayerGroup = std::vector<std::size_t>;

[[nodiscard]] std::vector<LayerGroup> step_groups(
    const AllocationProblem& problem);

/// Index of the option of a layer that is one weight width away from option
/// `now`, with the same width of activations.
[[nodiscard]] std::optional<std::size_t> neighbour(
    const LayerOptions& layer, std::size_t now, Direction direction);

}  // namespace ompq::detail
