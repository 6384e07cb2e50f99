// SPDX-License-Identifier: MIT
#include "ompq/core/option_text.h"

#include <charconv>
#include <cmath>

namespace ompq {

std::int64_t parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, value);
  OMPQ_CHECK(
      status == std::errc{} && rest == end,
      ErrorCode::InvalidArgument,
      "expected an integer, got '{}'",
      text);
  return value;
}

double parse_number(std::string_view text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, value);
  OMPQ_CHECK(
      status == std::errc{} && rest == end && std::isfinite(value),
      ErrorCode::InvalidArgument,
      "expected a number, got '{}'",
      text);
  return value;
}

bool parse_switch(std::string_view text) {
  for (const std::string_view yes : {"true", "on", "yes", "1"}) {
    if (text == yes) {
      return true;
    }
  }
  for (const std::string_view no : {"false", "off", "no", "0"}) {
    if (text == no) {
      return false;
    }
  }
  fail(ErrorCode::InvalidArgument, "expected true or false, got '{}'", text);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    if (end == std::string_view::npos) {
      parts.emplace_back(text.substr(begin));
      return parts;
    }
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace ompq
