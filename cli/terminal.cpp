// SPDX-License-Identifier: MIT
#include "cli/terminal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

namespace ompq {
namespace {

constexpr std::int64_t kDefaultWidth = 80;
constexpr std::int64_t kFewestColumns = 20;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_set(const char* name) {
  const char* text = std::getenv(name);
  return text != nullptr && *text != '\0';
}

std::int64_t width_of(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  std::int64_t columns = 0;
  if (const char* text = std::getenv("COLUMNS"); text != nullptr) {
    std::from_chars(text, text + std::strlen(text), columns);
  }
  return columns > 0 ? columns : kDefaultWidth;
}

/// The code points of UTF-8 text, each as its bytes.
std::vector<std::string_view> code_points(std::string_view text) {
  std::vector<std::string_view> points;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= text.size(); ++i) {
    if (i == text.size() || !is_continuation(text[i])) {
      points.push_back(text.substr(begin, i - begin));
      begin = i;
    }
  }
  return points;
}

}  // namespace

Terminal detect_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");
  Terminal terminal;
  terminal.is_interactive = isatty(descriptor) == 1 && kind != nullptr &&
                            std::strcmp(kind, "dumb") != 0;
  terminal.has_colour = terminal.is_interactive && !is_set("NO_COLOR");
  terminal.width = std::max(kFewestColumns, width_of(descriptor));
  return terminal;
}

std::int64_t display_width(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return !is_continuation(c); });
}

std::string printable(std::string_view text) {
  std::string result;
  for (const std::string_view point : code_points(text)) {
    const auto first = static_cast<unsigned char>(point.front());
    const bool is_c1_control = first == 0xC2 && point.size() == 2 &&
                               static_cast<unsigned char>(point[1]) < 0xA0;
    const bool is_control = first < 0x20 || first == 0x7F || is_c1_control;
    const bool is_stray = point.size() == 1 && first >= 0x80;
    result += is_control || is_stray ? "?" : point;
  }
  return result;
}

std::string shorten_middle(std::string_view text, std::int64_t width) {
  const std::vector<std::string_view> points = code_points(text);
  const auto count = static_cast<std::int64_t>(points.size());
  if (count <= width) {
    return std::string(text);
  }
  // The end of a layer's name tells more than its beginning.
  const std::int64_t kept = std::max<std::int64_t>(width - 2, 0);
  const std::int64_t tail = (kept + 1) / 2;
  std::string result;
  for (std::int64_t i = 0; i < kept - tail; ++i) {
    result += points[static_cast<std::size_t>(i)];
  }
  result += "..";
  for (std::int64_t i = count - tail; i < count; ++i) {
    result += points[static_cast<std::size_t>(i)];
  }
  return result;
}

}  // namespace ompq
