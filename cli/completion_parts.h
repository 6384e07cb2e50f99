// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ompq/core/option_table.h"

#include "cli/command.h"

namespace ompq {

/// A name and what it means.
using Named = std::pair<std::string, std::string>;

/// Words with spaces between them.
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

/// What may follow `ompq`, with `help`.
[[nodiscard]] std::vector<Named> commands_of(const Commands& commands);

/// What may follow `ompq help`.
[[nodiscard]] std::vector<Named> topics_of(const Commands& commands);

/// "--output" and "-o".
[[nodiscard]] std::vector<std::string> flags_of(const OptionRecord& record);

/// The scripts of completion_script().
[[nodiscard]] std::string bash_script(const Commands& commands);
[[nodiscard]] std::string zsh_script(const Commands& commands);
[[nodiscard]] std::string fish_script(const Commands& commands);

}  // namespace ompq
