// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace ompq {

/// A page of help that belongs to no single command.
struct HelpTopic {
  std::string_view name;
  std::string_view text;
};

[[nodiscard]] std::span<const HelpTopic> help_topics();

}  // namespace ompq
