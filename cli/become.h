// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ompq {

/// The file of the program that runs.
[[nodiscard]] std::filesystem::path own_program();

/// Becomes a program, with a command line; does not return.
///
/// @throws Error{NotFound}  it cannot be started
[[noreturn]] void become(
    const std::filesystem::path& program,
    const std::vector<std::string>& words);

}  // namespace ompq
