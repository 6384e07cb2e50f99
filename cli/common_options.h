// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>

namespace ompq {

/// Options that every command has.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::optional<std::filesystem::path> config;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        json,
        {.name = "json", .help = "print the result as JSON, for programs"});
    visit(
        quiet,
        {.name = "quiet",
         .help = "no progress on the error stream",
         .letter = "q"});
    visit(verbose, {.name = "verbose", .help = "details on the error stream"});
    visit(
        config,
        {.name = "config",
         .help = "read options from a JSON, TOML or INI file; flags win"});
  }
};

}  // namespace ompq
