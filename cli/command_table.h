// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "ompq/core/option_table.h"

#include "cli/command.h"
#include "cli/common_options.h"

namespace ompq {

/// All options of a command, its own and the common ones.
struct CommandTable {
  std::unique_ptr<CommonOptions> common;
  /// Refers to `common` and to the command.
  OptionTable table;
};

[[nodiscard]] inline CommandTable command_table(Command& command) {
  CommandTable result{std::make_unique<CommonOptions>(), {}};
  result.table.begin_group("Arguments");
  command.describe(result.table);
  result.table.begin_group("Common");
  result.common->describe(result.table);
  return result;
}

}  // namespace ompq
