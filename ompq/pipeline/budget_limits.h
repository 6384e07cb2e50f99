// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "ompq/core/duration.h"
#include "ompq/core/option_text.h"

namespace ompq {

/// A number of bit operations.
struct BitOperationCount {
  double count = 0.0;

  friend bool operator==(const BitOperationCount&, const BitOperationCount&) =
      default;
};

/// "40G", "1.5T", "3000000".
template <>
struct OptionText<BitOperationCount> {
  static constexpr std::string_view kPlaceholder = "COUNT";
  static BitOperationCount parse(std::string_view text) {
    constexpr std::string_view kPrefixes = "kMGTP";
    double factor = 1.0;
    std::string_view number = text;
    const std::size_t prefix =
        text.empty() ? std::string_view::npos : kPrefixes.find(text.back());
    if (prefix != std::string_view::npos) {
      factor = std::pow(1000.0, static_cast<double>(prefix + 1));
      number.remove_suffix(1);
    }
    const double count = parse_number(number) * factor;
    OMPQ_CHECK(
        count >= 1.0,
        ErrorCode::InvalidArgument,
        "expected a number of at least 1, with k, M, G, T or P behind it if "
        "need be; got '{}'",
        text);
    return {count};
  }
  static std::string print(BitOperationCount operations) {
    return fmt::format("{}", operations.count);
  }
};

/// A time.
struct Duration {
  double seconds = 0.0;

  friend bool operator==(const Duration&, const Duration&) = default;
};

template <>
struct OptionText<Duration> {
  static constexpr std::string_view kPlaceholder = "TIME";
  static Duration parse(std::string_view text) {
    return {parse_duration(text)};
  }
  static std::string print(Duration duration) {
    return format_duration(duration.seconds);
  }
};

}  // namespace ompq
