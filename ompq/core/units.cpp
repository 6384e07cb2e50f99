// SPDX-License-Identifier: MIT
#include "ompq/core/units.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include "ompq/core/error.h"

namespace ompq {
namespace {

struct ByteUnit {
  std::string_view name;
  double factor;
};

constexpr std::array<ByteUnit, 8> kByteUnits{{
    {"", 1.0},
    {"b", 1.0},
    {"kb", 1e3},
    {"mb", 1e6},
    {"gb", 1e9},
    {"kib", 1024.0},
    {"mib", 1024.0 * 1024.0},
    {"gib", 1024.0 * 1024.0 * 1024.0},
}};

std::string lower_without_spaces(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return result;
}

std::string three_digits(double quantity, std::string_view unit) {
  const int decimals = quantity < 10 ? 2 : quantity < 100 ? 1 : 0;
  return fmt::format("{:.{}f} {}", quantity, decimals, unit);
}

}  // namespace

Bytes parse_bytes(std::string_view text) {
  const std::string compact = lower_without_spaces(text);
  double number = 0.0;
  const char* begin = compact.data();
  const char* end = begin + compact.size();
  const auto [rest, status] = std::from_chars(begin, end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (status == std::errc{} && std::isfinite(number) && number > 0) {
    for (const ByteUnit& known : kByteUnits) {
      if (unit == known.name) {
        const double bytes = std::floor(number * known.factor);
        OMPQ_CHECK(
            bytes < 9e18,
            ErrorCode::InvalidArgument,
            "'{}' is too large for a size",
            text);
        return Bytes{static_cast<std::int64_t>(bytes)};
      }
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "'{}' is not a size; write a positive number with one of B, kB, MB, GB, "
      "KiB, MiB, GiB, for example 1.5MiB",
      text);
}

std::string format_bytes(Bytes size) {
  constexpr std::array<std::string_view, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (size.count < 1024) {
    return fmt::format("{} B", size.count);
  }
  double quantity = static_cast<double>(size.count) / 1024.0;
  std::size_t unit = 0;
  while (quantity >= 999.5 && unit + 1 < kUnits.size()) {
    quantity /= 1024.0;
    ++unit;
  }
  return three_digits(quantity, kUnits[unit]);
}

std::string format_count(std::int64_t count) {
  std::string digits = fmt::format("{}", count);
  const std::size_t first = count < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string format_si(double quantity) {
  constexpr std::array<std::string_view, 5> kPrefixes{"k", "M", "G", "T", "P"};
  if (std::abs(quantity) < 1000) {
    return fmt::format("{:.3g}", quantity);
  }
  std::size_t prefix = 0;
  quantity /= 1000.0;
  while (std::abs(quantity) >= 999.5 && prefix + 1 < kPrefixes.size()) {
    quantity /= 1000.0;
    ++prefix;
  }
  return three_digits(quantity, kPrefixes[prefix]);
}

}  // namespace ompq
