// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "ompq/export/packed_constants.h"

namespace ompq::detail {

/// A weight on its way into a packed file.
struct PackedWeight {
  PackedConstants constants;
  Shape shape;
};

/// Weights that are unpacked together, one behind the other along the first
/// axis; by position.
using PackedGroup = std::vector<std::size_t>;

/// Weights of one width, whose numbers lie in the same bit planes.
struct PackedPool {
  int bits = 8;
  std::vector<PackedGroup> groups;
};

/// Brings weights together so that a runtime has few calls to expand and few
/// nodes to fold: those of a width in one pool, those of it that have channels
/// along the first axis, equal other dimensions and the same kind of result in
/// one group. Pools in ascending order of bits, the rest in the order given.
///
/// @param has_groups  false: each weight has a group of its own
[[nodiscard]] std::vector<PackedPool> pool_weights(
    const std::vector<PackedWeight>& weights, bool has_groups);

/// Scales, zero points or shifts of the weights of a group in a form that
/// broadcasts to all of them; one number if all are equal.
///
/// @param numbers  of each weight: one number, or one for each channel, or of a
///                 single weight one for each block
[[nodiscard]] Constant broadcast_numbers(
    const std::vector<PackedWeight>& weights,
    const PackedGroup& group,
    const std::vector<Constant>& numbers);

}  // namespace ompq::detail
