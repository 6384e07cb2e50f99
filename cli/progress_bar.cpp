// SPDX-License-Identifier: MIT
#include "cli/progress_bar.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/terminal.h"

namespace ompq {

std::string format_duration(double seconds) {
  if (seconds < 9.95) {
    return fmt::format("{:.{}f} s", seconds, seconds < 0.095 ? 2 : 1);
  }
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  }
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string progress_line(const Progress& progress, std::int64_t width) {
  const std::string name = printable(progress.stage);
  if (progress.total <= 0) {
    return shorten_middle(
        fmt::format("{}  {}", name, format_duration(progress.elapsed_s)),
        width);
  }
  const double fraction = std::clamp(
      static_cast<double>(progress.done) / static_cast<double>(progress.total),
      0.0,
      1.0);
  const std::string left =
      fraction > 0.0
          ? format_duration(progress.elapsed_s * (1.0 - fraction) / fraction) +
                " left"
          : "";
  const std::string figures =
      fmt::format(" {:3.0f} %  {}", std::floor(fraction * 100.0), left);
  const std::int64_t bar_width = std::min<std::int64_t>(
      30, width - display_width(name) - display_width(figures) - 3);
  if (bar_width < 5) {
    return shorten_middle(name + figures, width);
  }
  const auto filled = static_cast<std::int64_t>(
      std::floor(fraction * static_cast<double>(bar_width)));
  return fmt::format(
      "{} [{:#<{}}{:.<{}}]{}",
      name,
      "",
      filled,
      "",
      bar_width - filled,
      figures);
}

}  // namespace ompq
