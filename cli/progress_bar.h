// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ompq {

/// How far a stage is.
struct Progress {
  std::string_view stage;
  std::int64_t done = 0;
  /// 0 if not known.
  std::int64_t total = 0;
  double elapsed_s = 0.0;
};

/// One line of at most `width` columns: name, bar, per cent, time left. The
/// time left assumes that the rest goes as fast as what is done.
[[nodiscard]] std::string progress_line(
    const Progress& progress, std::int64_t width);

/// "0.4 s", "12 s", "3 min 05 s", "2 h 10 min".
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace ompq
