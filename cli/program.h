// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace ompq {

/// Does what the command line says.
///
/// @param words  the command line, the program's name first
/// @throws Error
void run_program(const std::vector<std::string>& words);

}  // namespace ompq
