// SPDX-License-Identifier: MIT
#include "cli/program.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "ompq/core/error.h"
#include "ompq/core/nearest_name.h"
#include "ompq/version.h"

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/command_table.h"
#include "cli/completion.h"
#include "cli/config_file.h"
#include "cli/console.h"
#include "cli/help_text.h"
#include "cli/help_topics.h"

namespace ompq {
namespace {

using Words = std::span<const std::string>;

bool asks_for_help(Words words) {
  for (const std::string& word : words) {
    if (word == "--") {
      return false;
    }
    if (word == "--help" || word == "-h") {
      return true;
    }
  }
  return false;
}

std::vector<std::string> command_names(const Commands& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) {
    names.emplace_back(command->name());
  }
  return names;
}

/// The names of all options of all commands.
std::vector<std::string> all_option_names(const Commands& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) {
    const auto [common, table] = command_table(*command);
    for (const OptionRecord& record : table.records()) {
      if (std::ranges::find(names, record.name) == names.end()) {
        names.push_back(record.name);
      }
    }
  }
  return names;
}

[[noreturn]] void fail_unknown_name(
    const Commands& commands,
    const std::string& what,
    const std::string& name) {
  std::vector<std::string> known = command_names(commands);
  known.emplace_back("help");
  if (what != "command") {
    for (const HelpTopic& topic : help_topics()) {
      known.emplace_back(topic.name);
    }
  }
  const std::string remedy = did_you_mean(name, known);
  fail(
      ErrorCode::InvalidArgument,
      "unknown {} '{}'{}",
      what,
      name,
      remedy.empty() ? "; see 'ompq help'" : remedy);
}

void print_help(const Commands& commands, Words topics, Console& console) {
  if (topics.empty()) {
    console.print(overview(commands));
    return;
  }
  const std::string& name = topics.front();
  if (name == "--markdown") {
    console.print(markdown_page(commands));
    return;
  }
  if (name == "--man") {
    console.print(manual_page(commands));
    return;
  }
  if (Command* command = find_command(commands, name)) {
    const std::int64_t width =
        std::min<std::int64_t>(console.output().width, 80);
    const auto [common, table] = command_table(*command);
    console.print(help_page(*command, table, width));
    return;
  }
  for (const HelpTopic& topic : help_topics()) {
    if (topic.name == name) {
      console.print(topic.text);
      return;
    }
  }
  fail_unknown_name(commands, "help topic", name);
}

void run_command(
    const Commands& commands,
    Command& command,
    const std::vector<std::string>& words) {
  const auto [common, table] = command_table(command);
  const Words arguments = Words(words).subspan(2);
  const GivenOptions given = parse_words(table, arguments);
  std::vector<ConfigEntry> config;
  if (const auto path = given.find("config"); path != given.end()) {
    config = read_config(path->second.front(), command_names(commands));
  }
  assign_options(
      table,
      given,
      config,
      std::string(command.name()),
      all_option_names(commands));
  command.check();
  Console console({.quiet = common->quiet, .verbose = common->verbose});
  command.run({
      .console = console,
      .is_json = common->json,
      .words = words,
  });
}

}  // namespace

void run_program(const std::vector<std::string>& words) {
  const Commands commands = make_commands();
  Console console({});
  if (words.size() < 2) {
    console.print(overview(commands));
    return;
  }
  const std::string& name = words[1];
  if (name == "--version" || name == "version") {
    console.print(fmt::format("ompq {}\n", kVersion));
    return;
  }
  if (name == "help" || name == "--help" || name == "-h") {
    print_help(commands, Words(words).subspan(2), console);
    return;
  }
  Command* command = find_command(commands, name);
  if (command == nullptr) {
    fail_unknown_name(commands, "command", name);
  }
  if (asks_for_help(Words(words).subspan(2))) {
    print_help(commands, Words(words).subspan(1, 1), console);
    return;
  }
  run_command(commands, *command, words);
}

}  // namespace ompq
