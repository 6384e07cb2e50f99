// SPDX-License-Identifier: MIT
#include "cli/help_text.h"

#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "cli/command_table.h"
#include "cli/terminal.h"

namespace ompq {
namespace {

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_EQ(wrap("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrap("overlong", 3, 0), "overlong");
}

TEST(HelpPage, FitsTheTerminalForEveryCommand) {
  for (const auto& command : make_commands()) {
    const auto [common, table] = command_table(*command);
    for (const std::int64_t width : {70, 80}) {
      std::istringstream lines(help_page(*command, table, width));
      for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(display_width(line), width) << line;
      }
    }
  }
}

TEST(HelpPage, NamesEveryOption) {
  for (const auto& command : make_commands()) {
    const auto [common, table] = command_table(*command);
    const std::string page = help_page(*command, table, 80);
    for (const OptionRecord& record : table.records()) {
      const std::string name =
          record.is_positional ? "  " + record.placeholder : "--" + record.name;
      EXPECT_NE(page.find(name), std::string::npos) << record.name;
      EXPECT_FALSE(record.help.empty()) << record.name;
    }
  }
}

}  // namespace
}  // namespace ompq
