// SPDX-License-Identifier: MIT
#include "cli/command.h"

namespace ompq {

Commands make_commands() {
  Commands commands;
  commands.push_back(make_inspect_command());
  commands.push_back(make_eval_command());
  commands.push_back(make_search_command());
  commands.push_back(make_sweep_command());
  commands.push_back(make_study_command());
  commands.push_back(make_quantize_command());
  commands.push_back(make_train_command());
  commands.push_back(make_export_command());
  commands.push_back(make_report_command());
  commands.push_back(make_compare_command());
  commands.push_back(make_demo_command());
  commands.push_back(make_completion_command());
  return commands;
}

Command* find_command(const Commands& commands, std::string_view name) {
  for (const auto& command : commands) {
    if (command->name() == name) {
      return command.get();
    }
  }
  return nullptr;
}

}  // namespace ompq
