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

/// Name of the function that turns bit planes into weights of `bits` bits:
/// "unpack4".
[[nodiscard]] OMPQ_API std::string unpack_function_name(int bits);

/// Name of the function that turns bit planes into codes of one byte around one
/// zero point: "codes4".
[[nodiscard]] OMPQ_API std::string codes_function_name(int bits);

/// Name of the function that repeats one number for every channel.
inline constexpr std::string_view kRepeatFunction = "repeat";

/// Name of the function that repeats the numbers of groups along an axis:
/// "groups1".
[[nodiscard]] OMPQ_API std::string groups_function_name(std::int64_t axis);

/// The width that an unpack function is for; absent for other names.
[[nodiscard]] OMPQ_API std::optional<int> unpacked_bits(std::string_view name);

/// The width that a codes function is for; absent for other names.
[[nodiscard]] OMPQ_API std::optional<int> coded_bits(std::string_view name);

/// The axis that a groups function is for; absent for other names.
[[nodiscard]] OMPQ_API std::optional<std::int64_t> grouped_axis(
    std::string_view name);

/// The functions of a packed file with these names and those that they call, in
/// standard operators that a runtime folds when it loads the file.
///
///   join<b>(plane_0, ..., shape) -> numbers
///     number = plane_0 + plane_1 2^w_0 + plane_2 2^(w_0 + w_1) + ...
///   scaled(numbers, zero_point, scale) -> weight
///     weight = (float(number) - float(zero_point)) scale
///   moved(numbers, zero_point, base) -> codes of base's type
///     code = number - zero_point + base
///   unpack<b>(plane_0, ..., shape, zero_point, scale) -> weight
///     scaled(join<b>(plane_0, ..., shape), zero_point, scale)
///   codes<b>(plane_0, ..., shape, zero_point, base) -> codes
///     moved(join<b>(plane_0, ..., shape), zero_point, base)
///   plane<w>(bytes [m], n) -> [n] uint8, n <= m 8 / w
///     element i = bits w (i / m) to w (i / m + 1) - 1 of byte i mod m
///   groups<axis>(numbers, shape, size) -> numbers
///     index i along the axis reads index i / size, up to shape[axis]
///   repeat(number, like) -> numbers of the shape of `like`
///
/// bytes and numbers are uint8, those of more than 8 bits uint16; base is a
/// scalar int8 or uint8; shape [rank] and n [1] int64, size a scalar int64,
/// zero_point unsigned and scale float32, both in a form that broadcasts to
/// `shape`. Widths w of the planes: see bit_planes().
///
/// @param names  of functions that nodes call, in any order
/// @param opset  operator set of the graph, 18 or later
[[nodiscard]] OMPQ_API std::vector<Function> packed_functions(
    std::span<const std::string> names, std::int64_t opset);

}  // namespace ompq
