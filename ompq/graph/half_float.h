// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace ompq::detail {

/// Value of an IEEE binary16 number given by its bits; exact.
[[nodiscard]] float float_from_half(std::uint16_t bits);
/// Bits of the binary16 number nearest to `number` (ties to even; too large
/// becomes infinity; a NaN stays a NaN).
[[nodiscard]] std::uint16_t half_from_float(float number);

/// Value of a bfloat16 number given by its bits; exact.
[[nodiscard]] float float_from_bfloat16(std::uint16_t bits);
/// Bits of the bfloat16 number nearest to `number` (ties to even).
[[nodiscard]] std::uint16_t bfloat16_from_float(float number);

}  // namespace ompq::detail
