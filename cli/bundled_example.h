// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace ompq {

/// The network of `ompq demo`: beside the program in a build tree, in share
/// once installed.
///
/// @throws Error{NotFound}  the installation is incomplete
[[nodiscard]] std::filesystem::path bundled_model();

}  // namespace ompq
