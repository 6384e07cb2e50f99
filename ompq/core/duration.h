// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "ompq/core/export.h"

namespace ompq {

/// Reads a time such as "12.5us", "3 ms", "40ns" or "1s".
///
/// @return seconds
/// @throws Error{InvalidArgument}  not a positive number with a known unit
[[nodiscard]] OMPQ_API double parse_duration(std::string_view text);

/// Up to six significant digits with a unit: "1.25 ms", "40 us".
[[nodiscard]] OMPQ_API std::string format_duration(double seconds);

}  // namespace ompq
