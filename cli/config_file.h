// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ompq {

/// One setting of a configuration file.
struct ConfigEntry {
  /// Command it is meant for; "" = every command that has the option.
  std::string section;
  std::string key;
  /// One text, or several for a list.
  std::vector<std::string> texts;
};

/// Reads a configuration file: JSON, TOML or INI, told apart by its name's end
/// (.json, .toml, .ini) or else by a leading brace. A section, or an object in
/// JSON, that is named like a command holds settings for that command only; an
/// object under any other name is a list of NAME=VALUE.
///
/// @throws Error{NotFound}     no such file
/// @throws Error{InvalidFile}  not of the format; nested deeper than that
[[nodiscard]] std::vector<ConfigEntry> read_config(
    const std::filesystem::path& path,
    const std::vector<std::string>& command_names);

}  // namespace ompq
