// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ompq {

/// A word in single quotes, as bash, zsh and fish read it. A backslash, which
/// fish would read differently, stands as it is.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// A command line to be typed again: "ompq" and the words behind the program's
/// name, with quotes where a shell needs them.
///
/// @param words  the program's name first
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace ompq
