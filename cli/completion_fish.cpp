// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_parts.h"
#include "cli/shell_text.h"

namespace ompq {
namespace {

std::string fish_option(
    const std::string& condition, const OptionRecord& record) {
  std::string line = "complete -c ompq -n " + condition;
  if (record.is_positional) {
    return !record.choices.empty()
               ? fmt::format(
                     "{} -f -a {}\n", line, in_quotes(joined(record.choices)))
               : "";
  }
  line += " -l " + record.name;
  if (!record.letter.empty()) {
    line += " -s " + record.letter;
  }
  if (!record.is_switch) {
    line += record.is_path ? " -r -F" : " -x";
    if (!record.choices.empty()) {
      line += fmt::format(" -a {}", in_quotes(joined(record.choices)));
    }
  }
  return fmt::format("{} -d {}\n", line, in_quotes(record.help));
}

}  // namespace

std::string fish_script(const Commands& commands) {
  std::string text =
      "# fish completion of ompq, made by `ompq completion fish`\n";
  for (const auto& [name, meaning] : commands_of(commands)) {
    text += fmt::format(
        "complete -c ompq -n __fish_use_subcommand -f -a {} -d {}\n",
        name,
        in_quotes(meaning));
  }
  for (const auto& [name, meaning] : topics_of(commands)) {
    text += fmt::format(
        "complete -c ompq -n '__fish_seen_subcommand_from help' -f -a {} -d "
        "{}\n",
        name,
        in_quotes(meaning));
  }
  for (const auto& command : commands) {
    const auto [common, table] = command_table(*command);
    const std::string condition = fmt::format(
        "'__fish_seen_subcommand_from {}; and not "
        "__fish_seen_subcommand_from help'",
        command->name());
    for (const OptionRecord& record : table.records()) {
      text += fish_option(condition, record);
    }
  }
  return text;
}

}  // namespace ompq
