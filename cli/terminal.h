// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ompq {

/// Where text goes and what it may look like there.
struct Terminal {
  /// Somebody looks at it: the stream is a terminal that understands cursor
  /// movement.
  bool is_interactive = false;
  /// Colour may be used: interactive, and NO_COLOR is not set.
  bool has_colour = false;
  /// Columns of text.
  std::int64_t width = 80;
};

/// What is known of the stream behind a file descriptor. The width is that of
/// the terminal, else COLUMNS, else 80.
[[nodiscard]] Terminal detect_terminal(int descriptor);

/// Number of columns that UTF-8 text takes; one for each code point.
[[nodiscard]] std::int64_t display_width(std::string_view text);

/// The text without anything that a terminal would obey: control characters
/// become '?', so that no name in a model can move the cursor.
[[nodiscard]] std::string printable(std::string_view text);

/// The text cut in its middle to at most `width` columns: "layer4..conv2".
[[nodiscard]] std::string shorten_middle(
    std::string_view text, std::int64_t width);

}  // namespace ompq
