// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/option_table.h"

#include "cli/config_file.h"

namespace ompq {

/// The texts given for each option, by name.
using GivenOptions = std::map<std::string, std::vector<std::string>>;

/// Splits the words after the command's name into options; sets nothing yet.
///
/// @throws Error{InvalidArgument}  unknown flag (with the nearest known one), a
///                                 flag without its value or given twice, too
///                                 many arguments
[[nodiscard]] GivenOptions parse_words(
    const OptionTable& table, std::span<const std::string> words);

/// Sets the fields behind `table`: first from the configuration, then from the
/// command line, so that flags win.
///
/// @param command      name of the command, for sections and messages
/// @param known_keys   options of every command; others are errors
/// @throws Error{InvalidArgument}  a value is wrong, a key unknown, or a
///                                 required option missing
void assign_options(
    const OptionTable& table,
    const GivenOptions& given,
    std::span<const ConfigEntry> config,
    const std::string& command,
    std::span<const std::string> known_keys);

}  // namespace ompq
