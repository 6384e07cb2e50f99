// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/completion_parts.h"
#include "cli/shell_text.h"

namespace ompq {
namespace {

/// Text of zsh's _arguments: colons and brackets are its own.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += c == ':' || c == '[' || c == ']' ? fmt::format("\\{}", c)
                                               : std::string(1, c);
  }
  return result;
}

std::string zsh_action(const OptionRecord& record) {
  if (!record.choices.empty()) {
    return fmt::format("({})", fmt::join(record.choices, " "));
  }
  return record.is_path ? "_files" : " ";
}

std::string zsh_command(Command& command) {
  std::string arguments;
  const auto [common, table] = command_table(command);
  for (const OptionRecord& record : table.records()) {
    const std::string value =
        fmt::format("{}:{}", zsh_text(record.placeholder), zsh_action(record));
    if (record.is_positional) {
      arguments += fmt::format(
          " \\\n        {}", in_quotes((record.repeats ? "*:" : ":") + value));
      continue;
    }
    for (const std::string& flag : flags_of(record)) {
      arguments += fmt::format(
          " \\\n        {}",
          in_quotes(fmt::format(
              "{}{}[{}]{}",
              record.repeats ? "*" : "",
              flag,
              zsh_text(record.help),
              record.is_switch ? "" : ":" + value)));
    }
  }
  return fmt::format(
      "    {})\n      _arguments '--help[show the options]'{} ;;\n",
      command.name(),
      arguments);
}

/// Names with their meaning, as zsh's _describe takes them.
std::string zsh_list(const std::vector<Named>& entries) {
  std::string text;
  for (const auto& [name, meaning] : entries) {
    text += ' ';
    text += in_quotes(zsh_text(name) + ":" + meaning);
  }
  return text;
}

}  // namespace

std::string zsh_script(const Commands& commands) {
  std::string cases;
  for (const auto& command : commands) {
    cases += zsh_command(*command);
  }
  return fmt::format(
      "#compdef ompq\n"
      "# zsh completion of ompq, made by `ompq completion zsh`\n"
      "_ompq() {{\n"
      "  local -a commands topics\n"
      "  commands=({})\n"
      "  topics=({})\n"
      "  if ((CURRENT == 2)); then\n"
      "    _describe command commands\n"
      "    return\n"
      "  fi\n"
      "  local name=$words[2]\n"
      "  shift words\n"
      "  ((CURRENT--))\n"
      "  case $name in\n"
      "    help) _describe topic topics ;;\n"
      "{}"
      "  esac\n"
      "}}\n"
      "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
      "  _ompq \"$@\"\n"
      "else\n"
      "  compdef _ompq ompq\n"
      "fi\n",
      zsh_list(commands_of(commands)),
      zsh_list(topics_of(commands)),
      cases);
}

}  // namespace ompq
