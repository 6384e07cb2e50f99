// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace ompq {

/// Threads of libgomp that wait for each other spin for some milliseconds
/// before they sleep. On processors that other programs use as well, that is
/// most of what they do. This sets GOMP_SPINCOUNT for programs that start from
/// now on; a user who sets it or OMP_WAIT_POLICY decides.
///
/// @return true if it was not set before
[[nodiscard]] bool shorten_spinning();

/// Begins this program again where shorten_spinning() changes something, which
/// libgomp reads as it is loaded; returns where not.
void restart_with_short_spinning(const std::vector<std::string>& words);

}  // namespace ompq
