// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/engine/spatial_window.h"

namespace ompq {

/// The window attributes of a pool, with 1 to 3 spatial axes.
///
/// @throws Error{InvalidModel}  kernel_shape is missing
/// @throws Error{Unsupported}   more than 3 spatial axes
[[nodiscard]] WindowAttributes read_pool_window(const Node& node);

/// Padding after each axis that makes exactly window.output positions: more
/// than pad_end with ceil_mode, less where the last window does not reach it.
///
/// @param input  spatial sizes
[[nodiscard]] std::vector<std::int64_t> reached_end(
    const SpatialWindow& window, const std::vector<std::int64_t>& input);

/// True if the tensor library's pools can apply the pads themselves: the same
/// on both sides, at most half a window, and no window beyond them.
///
/// @param input  spatial sizes
[[nodiscard]] bool has_plain_padding(
    const SpatialWindow& window, const std::vector<std::int64_t>& input);

}  // namespace ompq
