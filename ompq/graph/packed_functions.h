// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Domain of the functions that unpack weights.
inline constexpr std::string_view kPackedDomain = "ompq";

/// Name of the function that joins bit planes to numbers of `bits` bits:
/// "join4".
[[nodiscard]] OMPQ_API std::string join_function_name(int bits);

/// Name of the function that repeats the numbers of groups along an axis:
/// "groups1".
[[nodiscard]] OMPQ_API std::string groups_function_name(std::int64_t axis);

/// The width that a join function is for; absent for other names.
[[nodiscard]] OMPQ_API std::optional<int> joined_bits(std::string_view name);

/// The axis that a groups function is for; absent for other names.
[[nodiscard]] OMPQ_API std::optional<std::int64_t> grouped_axis(
    std::string_view name);

/// True for the functions that nodes of a graph call: join<b>, groups<axis>.
[[nodiscard]] OMPQ_API bool is_packed_function(std::string_view name);

/// The functions of a packed file with these names, in standard operators that
/// a runtime folds when it loads the file.
///
///   join<b>(plane_0, plane_1, ...) -> numbers [n]
///     number = plane_0 + plane_1 2^w_0 + plane_2 2^(w_0 + w_1) + ...
///     element i of a plane = bits w (i / m) to w (i / m + 1) - 1 of its byte
///     i mod m
///   groups<axis>(numbers, shape, size) -> numbers
///     index i along the axis reads index i / size, up to shape[axis]
///
/// plane_k is uint8 [m]; numbers are uint8, those of more than 8 bits uint16;
/// shape [rank] is int64 and size a scalar int64. All weights of a width are
/// joined at once, as many numbers as a multiple of 8: every call that a
/// runtime expands and every node that it folds takes it time. Widths w of the
/// planes: see bit_planes(). Nodes of the graph make weights of numbers:
///
///   Split, Reshape: the numbers of each group of weights in their shape
///   Cast, Sub, Mul, Split: weight = (number - zero point) scale
///   Cast, Sub, Split: code = number - shift, in bytes where these suffice
///
/// @param names  of functions that nodes call, in any order
/// @param opset  operator set of the graph, 18 or later
[[nodiscard]] OMPQ_API std::vector<Function> packed_functions(
    std::span<const std::string> names, std::int64_t opset);

}  // namespace ompq
