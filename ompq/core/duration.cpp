// SPDX-License-Identifier: MIT
#include "ompq/core/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "ompq/core/error.h"

namespace ompq {
namespace {

struct TimeUnit {
  std::string_view name;
  double seconds;
};

/// From the largest to the smallest.
constexpr std::array<TimeUnit, 4> kTimeUnits{
    {{"s", 1.0}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}}};

}  // namespace

double parse_duration(std::string_view text) {
  double number = 0.0;
  const char* const end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, number);
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  if (status == std::errc{} && std::isfinite(number) && number > 0.0) {
    for (const TimeUnit& known : kTimeUnits) {
      if (unit == known.name) {
        return number * known.seconds;
      }
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "'{}' is not a time; write a positive number with one of s, ms, us, ns, "
      "for example 2.5ms",
      text);
}

std::string format_duration(double seconds) {
  for (const TimeUnit& unit : kTimeUnits) {
    if (seconds >= 0.9999995 * unit.seconds) {
      return fmt::format("{:.6g} {}", seconds / unit.seconds, unit.name);
    }
  }
  return fmt::format("{:.6g} ns", seconds * 1e9);
}

}  // namespace ompq
