// SPDX-License-Identifier: MIT
#pragma once

namespace ompq {

/// From now on the first Ctrl-C is a request to stop that loops may notice;
/// the second one ends the process at once with status 130.
void install_interrupt_handler();

/// True once the user asked to stop.
[[nodiscard]] bool interrupt_requested();

}  // namespace ompq
