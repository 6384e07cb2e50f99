// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ompq {

/// The program that runs commands with tensors: beside this one in a build
/// tree, in libexec once installed.
[[nodiscard]] std::optional<std::filesystem::path> find_compute_program(
    const std::filesystem::path& own_path);

/// Becomes that program, with the same command line; does not return.
///
/// @throws Error{NotFound}  the program is missing or cannot be started
[[noreturn]] void hand_over(const std::vector<std::string>& words);

}  // namespace ompq
