// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "ompq/core/export.h"

namespace ompq {

inline constexpr int kBitsPerByte = 8;

/// A size in bytes.
struct Bytes {
  std::int64_t count = 0;
  friend constexpr auto operator<=>(Bytes, Bytes) = default;
};

/// Reads a size such as "1500000", "1.5MiB", "1.3MB", "64 kB", "2GiB".
/// kB, MB, GB are powers of 1000; KiB, MiB, GiB powers of 1024; a fraction of a
/// byte is cut off.
///
/// @throws Error{InvalidArgument}  not a positive number with a known unit
[[nodiscard]] OMPQ_API Bytes parse_bytes(std::string_view text);

/// Three significant digits with a binary unit: "1.50 MiB", "812 B".
[[nodiscard]] OMPQ_API std::string format_bytes(Bytes size);

/// Thousands separated by a comma: 3,469,760.
[[nodiscard]] OMPQ_API std::string format_count(std::int64_t count);

/// Three significant digits with a decimal prefix: "301 M", "40.2 G".
[[nodiscard]] OMPQ_API std::string format_si(double quantity);

}  // namespace ompq
