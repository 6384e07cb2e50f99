// SPDX-License-Identifier: MIT
#include "ompq/core/json_file.h"

#include "cli/completion.h"
#include "cli/console.h"

namespace ompq {
namespace {

class CompletionCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "completion"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Print a script that completes command lines in a shell";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "An installed ompq has them already. Otherwise:\n"
           "  bash    source <(ompq completion bash)\n"
           "  zsh     source <(ompq completion zsh), after compinit\n"
           "  fish    ompq completion fish | source";
  }
  void describe(OptionTable& table) override {
    table(
        shell_,
        {.name = "shell",
         .help = "whose script",
         .placeholder = "SHELL",
         .is_positional = true,
         .is_required = true});
  }
  void run(const Invocation& invocation) override {
    const std::string script = completion_script(make_commands(), shell_);
    invocation.console.print(
        invocation.is_json ? Json{{"script", script}}.dump(2) + "\n" : script);
  }

 private:
  Shell shell_ = Shell::Bash;
};

}  // namespace

std::unique_ptr<Command> make_completion_command() {
  return std::make_unique<CompletionCommand>();
}

}  // namespace ompq
