// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/option_table.h"

namespace ompq {

class Console;

/// What a command gets from the program besides its options.
struct Invocation {
  Console& console;
  /// The result is wanted as JSON.
  bool is_json = false;
  /// The words of the command line, the program's name first.
  std::vector<std::string> words;
};

/// One subcommand of the program: declares its options, checks them together,
/// calls the library, prints.
class Command {
 public:
  virtual ~Command() = default;

  /// The word on the command line.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// One line for the overview.
  [[nodiscard]] virtual std::string_view summary() const = 0;
  /// Paragraphs for the help page after the options; may be empty.
  [[nodiscard]] virtual std::string_view notes() const { return ""; }
  /// Adds the command's own options.
  virtual void describe(OptionTable& table) = 0;
  /// Checks what no single option can know.
  ///
  /// @throws Error{InvalidArgument}  options contradict each other
  virtual void check() const {}
  /// @throws Error
  virtual void run(const Invocation& invocation) = 0;
};

using Commands = std::vector<std::unique_ptr<Command>>;

/// All commands, in the order of the overview.
[[nodiscard]] Commands make_commands();

[[nodiscard]] std::unique_ptr<Command> make_inspect_command();
[[nodiscard]] std::unique_ptr<Command> make_eval_command();
[[nodiscard]] std::unique_ptr<Command> make_search_command();
[[nodiscard]] std::unique_ptr<Command> make_sweep_command();
[[nodiscard]] std::unique_ptr<Command> make_study_command();
[[nodiscard]] std::unique_ptr<Command> make_quantize_command();
[[nodiscard]] std::unique_ptr<Command> make_train_command();
[[nodiscard]] std::unique_ptr<Command> make_export_command();
[[nodiscard]] std::unique_ptr<Command> make_report_command();
[[nodiscard]] std::unique_ptr<Command> make_compare_command();
[[nodiscard]] std::unique_ptr<Command> make_demo_command();
[[nodiscard]] std::unique_ptr<Command> make_completion_command();

/// The command called `name`, or nullptr.
[[nodiscard]] Command* find_command(
    const Commands& commands, std::string_view name);

}  // namespace ompq
