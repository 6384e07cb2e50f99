// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_parts.h"
#include "cli/shell_text.h"

namespace ompq {
namespace {

std::string bash_command(Command& command) {
  std::vector<std::string> flags{"--help"};
  std::string cases;
  std::string positional = "files=1";
  const auto [common, table] = command_table(command);
  for (const OptionRecord& record : table.records()) {
    if (record.is_positional) {
      if (!record.choices.empty()) {
        positional = fmt::format("words={}", in_quotes(joined(record.choices)));
      }
      continue;
    }
    const std::vector<std::string> own = flags_of(record);
    flags.insert(flags.end(), own.begin(), own.end());
    if (record.is_switch) {
      continue;
    }
    const std::string value =
        !record.choices.empty()
            ? fmt::format("words={}", in_quotes(joined(record.choices)))
            : std::string(record.is_path ? "files=1" : ":");
    cases += fmt::format("        {}) {} ;;\n", fmt::join(own, "|"), value);
  }
  return fmt::format(
      "    {})\n"
      "      case \"$previous\" in\n"
      "{}"
      "        *)\n"
      "          if [[ $current == -* ]]; then\n"
      "            words={}\n"
      "          else\n"
      "            {}\n"
      "          fi ;;\n"
      "      esac ;;\n",
      command.name(),
      cases,
      in_quotes(joined(flags)),
      positional);
}

}  // namespace

std::string bash_script(const Commands& commands) {
  const auto names = [](const std::vector<Named>& entries) {
    std::vector<std::string> words;
    for (const auto& [name, meaning] : entries) {
      words.push_back(name);
    }
    return joined(words);
  };
  std::string cases;
  for (const auto& command : commands) {
    cases += bash_command(*command);
  }
  return fmt::format(
      "# bash completion of ompq, made by `ompq completion bash`\n"
      "_ompq() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}}\n"
      "  local previous=${{COMP_WORDS[COMP_CWORD - 1]}}\n"
      "  local words='' files=''\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    words='{} --version --help'\n"
      "  else\n"
      "    case ${{COMP_WORDS[1]}} in\n"
      "    help) ((COMP_CWORD == 2)) && words='{}' ;;\n"
      "{}"
      "    esac\n"
      "  fi\n"
      "  if [[ -n $words ]]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      "  elif [[ -n $files ]]; then\n"
      "    compopt -o filenames 2>/dev/null\n"
      "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "  fi\n"
      "}}\n"
      "complete -F _ompq ompq\n",
      names(commands_of(commands)),
      names(topics_of(commands)),
      cases);
}

}  // namespace ompq
