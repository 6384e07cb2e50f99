// SPDX-License-Identifier: MIT
#include "cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion_parts.h"
#include "cli/help_topics.h"

namespace ompq {

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

std::vector<Named> commands_of(const Commands& commands) {
  std::vector<Named> names;
  for (const auto& command : commands) {
    names.emplace_back(command->name(), command->summary());
  }
  names.emplace_back("help", "Show help on a command or a topic");
  return names;
}

std::vector<Named> topics_of(const Commands& commands) {
  std::vector<Named> topics;
  for (const auto& command : commands) {
    topics.emplace_back(command->name(), command->summary());
  }
  for (const HelpTopic& topic : help_topics()) {
    topics.emplace_back(
        topic.name, topic.text.substr(0, topic.text.find('\n')));
  }
  return topics;
}

std::vector<std::string> flags_of(const OptionRecord& record) {
  std::vector<std::string> flags{"--" + record.name};
  if (!record.letter.empty()) {
    flags.push_back("-" + record.letter);
  }
  return flags;
}

std::string completion_script(const Commands& commands, Shell shell) {
  switch (shell) {
    case Shell::Bash:
      return bash_script(commands);
    case Shell::Zsh:
      return zsh_script(commands);
    case Shell::Fish:
      break;
  }
  return fish_script(commands);
}

}  // namespace ompq
