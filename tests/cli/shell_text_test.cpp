// SPDX-License-Identifier: MIT
#include "cli/shell_text.h"

#include <gtest/gtest.h>

#include "cli/completion.h"

namespace ompq {
namespace {

TEST(ShellLine, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(
      shell_line({"/usr/bin/ompq", "eval", "a b.onnx", "--x=1", "it's", ""}),
      "ompq eval 'a b.onnx' --x=1 'it'\\''s' ''");
}

TEST(CompletionScript, NamesEveryCommandForEveryShell) {
  const Commands commands = make_commands();
  for (const Shell shell : {Shell::Bash, Shell::Zsh, Shell::Fish}) {
    const std::string script = completion_script(commands, shell);
    for (const auto& command : commands) {
      EXPECT_NE(script.find(command->name()), std::string::npos)
          << command->name();
    }
  }
}

TEST(ManualPage, HasAnEntryForEveryCommand) {
  const Commands commands = make_commands();
  const std::string page = manual_page(commands);
  for (const auto& command : commands) {
    EXPECT_NE(
        page.find(".SS ompq " + std::string(command->name())),
        std::string::npos);
  }
}

}  // namespace
}  // namespace ompq
