// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"

namespace ompq {

/// Splits codes into bit planes, lowest bits first; see packed_functions() for
/// the order of elements within a plane and bit_planes() for the widths.
///
/// @param codes  each in [0, 2^bits - 1]
/// @param bits   [1, 16]
/// @return one uint8 constant [ceil(n w / 8)] for each plane of width w
[[nodiscard]] OMPQ_API std::vector<Constant> pack_codes(
    std::span<const std::uint32_t> codes, int bits);

/// How many codes a first plane holds, counted up to whole bytes.
///
/// @param where  begins the error, e.g. "node 'conv_3'"
/// @throws Error{InvalidModel}  it is no plane
[[nodiscard]] OMPQ_API std::int64_t count_packed(
    const Constant& plane, int bits, const std::string& where);

/// The codes that pack_codes() split.
///
/// @param planes  one constant per plane
/// @param count   number of codes, >= 0
/// @param where   begins the error, e.g. "node 'conv_3'"
/// @throws Error{InvalidModel}  number, type or size of the planes does not fit
[[nodiscard]] OMPQ_API std::vector<std::uint32_t> unpack_codes(
    std::span<const Constant> planes,
    int bits,
    std::int64_t count,
    const std::string& where);

}  // namespace ompq
