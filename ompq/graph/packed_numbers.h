// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/graph/constant.h"

namespace ompq::detail {

/// Scales, zero points or shifts of a packed weight: one number, or of its rank
/// and broadcasting to its shape, or one for each block.
struct PackedNumbers {
  Constant numbers;
  /// Elements along `axis` that share a number; 0 = no blocks.
  std::int64_t block = 0;
  std::int64_t axis = 0;
};

/// @param where  begins the error, e.g. "'w3' (weights)"
/// @throws Error{InvalidModel}  they do not fit weights of this shape
void check_packed_numbers(
    const std::string& where,
    const Shape& weight,
    const PackedNumbers& given,
    const char* role);

/// The axis along which numbers differ; absent for one number.
[[nodiscard]] std::optional<std::size_t> axis_of(const Constant& numbers);

/// number - shift as integers of a type; the shift is one number or one for
/// each channel of an axis.
///
/// @param numbers  of at most 32 bits
[[nodiscard]] Constant minus_shift(
    const Constant& numbers, const Constant& shift, DataType type);

/// As DequantizeLinear reads them: blocks as they are, one number, or one for
/// each of the channels.
///
/// @param channels  0: one number, or blocks
[[nodiscard]] Constant in_dequantize_form(
    const PackedNumbers& given, std::int64_t channels);

/// @param parts  how many sizes there must be
/// @throws Error{InvalidModel}  the sizes are not those of `rows` cut into
/// parts
void check_parts(
    const std::string& where,
    const std::vector<std::int64_t>& sizes,
    std::size_t parts,
    std::int64_t rows);

/// Elements begin to end - 1 along the first axis.
[[nodiscard]] Constant slice_rows(
    const Constant& constant, std::int64_t begin, std::int64_t end);

/// The same of numbers that belong to a weight of `rows` rows.
[[nodiscard]] PackedNumbers slice_rows(
    const PackedNumbers& given,
    std::int64_t rows,
    std::int64_t begin,
    std::int64_t end);

}  // namespace ompq::detail
