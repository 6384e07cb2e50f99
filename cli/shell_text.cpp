// SPDX-License-Identifier: MIT
#include "cli/shell_text.h"

namespace ompq {

std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    result += c == '\'' ? "'\\''" : std::string(1, c);
  }
  return result + "'";
}

std::string shell_line(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_@%+=:,./-";
  std::string line = "ompq";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool is_plain = !words[i].empty() && words[i].find_first_not_of(
                                                   kPlain) == std::string::npos;
    line += " " + (is_plain ? words[i] : in_quotes(words[i]));
  }
  return line;
}

}  // namespace ompq
