// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "ompq/core/option_text.h"

#include "cli/command.h"

namespace ompq {

/// A shell that can complete command lines.
enum class Shell { Bash, Zsh, Fish };

template <>
struct EnumNames<Shell> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"bash"}, Shell::Bash},
      std::pair{std::string_view{"zsh"}, Shell::Zsh},
      std::pair{std::string_view{"fish"}, Shell::Fish}};
};

/// A script for the shell: completes commands, help topics, flags, names of
/// choices, and files where an option takes one. Made of the same records as
/// help and checks.
[[nodiscard]] std::string completion_script(
    const Commands& commands, Shell shell);

/// The same records as a manual page, in the language of man(7).
[[nodiscard]] std::string manual_page(const Commands& commands);

}  // namespace ompq
