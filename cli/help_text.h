// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/core/option_table.h"

#include "cli/command.h"

namespace ompq {

/// What the program prints when it is called without a command.
[[nodiscard]] std::string overview(const Commands& commands);

/// Help for one command: usage, options by group, notes; at most `width`
/// columns wide.
[[nodiscard]] std::string help_page(
    const Command& command, const OptionTable& table, std::int64_t width);

/// The same for all commands as Markdown; this is docs/options.md.
[[nodiscard]] std::string markdown_page(const Commands& commands);

/// Text broken at spaces into lines of at most `width` columns, each but the
/// first indented by `indent`.
[[nodiscard]] std::string wrap(
    const std::string& text, std::int64_t width, std::int64_t indent);

/// Everything that help says about an option after its name: what it does,
/// choices, range, unit, default.
[[nodiscard]] std::string option_sentence(const OptionRecord& record);

}  // namespace ompq
