// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/node_facts.h"

namespace ompq {

/// The shape two tensors are stretched to before an element-wise operation, or
/// nullopt if they do not fit.
[[nodiscard]] OMPQ_API std::optional<Shape> broadcast_shapes(
    const Shape& first, const Shape& second);

/// The common shape of all inputs of a node.
///
/// @throws Error{ShapeMismatch}  they do not fit
[[nodiscard]] Shape broadcast_inputs(const NodeFacts& facts);

/// Attribute or constant input `axes` of a node, in ascending order from 0;
/// nullopt if it is an input that is not constant. `fallback` if not given.
[[nodiscard]] std::optional<std::vector<std::int64_t>> axes_argument(
    const NodeFacts& facts,
    std::size_t index,
    std::int64_t rank,
    const std::vector<std::int64_t>& fallback);

/// What a Slice takes of one axis: elements begin, begin + step, ...
struct AxisRange {
  std::int64_t begin = 0;
  std::int64_t step = 1;
  std::int64_t count = 0;
};

/// One range per axis of a Slice's input; nullopt if starts, ends, axes or
/// steps are not constant.
[[nodiscard]] std::optional<std::vector<AxisRange>> slice_ranges(
    const NodeFacts& facts);

/// Dimensions that a Shape node reports (attributes start and end).
[[nodiscard]] AxisRange shape_slice(const NodeFacts& facts);

/// Sizes of the parts a Split makes; nullopt if they are not constant.
[[nodiscard]] std::optional<std::vector<std::int64_t>> split_sizes(
    const NodeFacts& facts);

/// Elements a Pad adds, first before and then after each axis (2 x rank
/// entries, negative ones crop); nullopt if they are not constant.
[[nodiscard]] std::optional<std::vector<std::int64_t>> pad_amounts(
    const NodeFacts& facts);

/// Shape that a Reshape gives; 0 copies a dimension, -1 takes what is left.
/// nullopt if the target is not constant.
///
/// @throws Error{ShapeMismatch}  the number of elements differs
[[nodiscard]] std::optional<Shape> reshape_result(const NodeFacts& facts);

/// Permutation of a Transpose.
///
/// @throws Error{ShapeMismatch}  not a permutation of the axes
[[nodiscard]] std::vector<std::int64_t> transpose_permutation(
    const NodeFacts& facts);

}  // namespace ompq
