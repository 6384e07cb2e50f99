// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/graph/constant.h"

namespace ompq {

/// For every axis of a result, the position in the source that each of its
/// indices reads; -1 reads the fill element.
using AxisMaps = std::vector<std::vector<std::int64_t>>;

/// Moves whole elements of any type of at least 8 bits:
///
///   result[i0, i1, ...] = source[maps[0][i0], maps[1][i1], ...]
///
/// which is Slice, Expand, Tile, Split, Pad and Gather along one axis.
///
/// @param maps  one per axis of the source; every entry within the axis
/// @param fill  one element of the source's type, read where an entry is -1
[[nodiscard]] Constant select_elements(
    const Constant& source,
    const AxisMaps& maps,
    const std::optional<Constant>& fill = std::nullopt);

/// The map that reads `size` positions in order.
[[nodiscard]] std::vector<std::int64_t> identity_map(std::int64_t size);

/// The source stretched to `shape` as for element-wise operations; shares the
/// bytes if nothing has to be repeated.
///
/// @param shape  what broadcast_shapes gives for the source's shape and others
[[nodiscard]] Constant broadcast_to(const Constant& source, const Shape& shape);

/// The source with its axes permuted: axis i of the result is axis
/// permutation[i] of the source.
[[nodiscard]] Constant permute_axes(
    const Constant& source, const std::vector<std::int64_t>& permutation);

}  // namespace ompq
