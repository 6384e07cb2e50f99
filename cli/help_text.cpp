// SPDX-License-Identifier: MIT
#include "cli/help_text.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_table.h"
#include "cli/help_topics.h"
#include "cli/terminal.h"

namespace ompq {
namespace {

constexpr std::int64_t kNameColumn = 26;

std::string option_names(const OptionRecord& record) {
  if (record.is_positional) {
    return record.placeholder;
  }
  const std::string letter =
      record.letter.empty() ? "" : fmt::format("-{}, ", record.letter);
  const std::string argument =
      record.is_switch ? "" : fmt::format(" {}", record.placeholder);
  return fmt::format("{}--{}{}", letter, record.name, argument);
}

std::string usage(const Command& command, const OptionTable& table) {
  std::string line = fmt::format("ompq {}", command.name());
  for (const OptionRecord& record : table.records()) {
    if (record.is_positional) {
      line += fmt::format(
          fmt::runtime(record.is_required ? " {}{}" : " [{}{}]"),
          record.placeholder,
          record.repeats ? "..." : "");
    } else if (record.is_required) {
      line += fmt::format(" --{} {}", record.name, record.placeholder);
    }
  }
  return line + " [options]";
}

std::string option_lines(const OptionRecord& record, std::int64_t width) {
  const std::string names = fmt::format("  {}", option_names(record));
  std::string text = option_sentence(record);
  const std::string indent(kNameColumn, ' ');
  const std::string wrapped = wrap(text, width - kNameColumn, kNameColumn);
  if (display_width(names) + 2 > kNameColumn) {
    return names + "\n" + indent + wrapped + "\n";
  }
  return fmt::format("{:<{}}{}\n", names, kNameColumn, wrapped);
}

std::string escape_markdown(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '|' ? "\\|" : std::string(1, c);
  }
  return result;
}

std::string markdown_row(const OptionRecord& record) {
  std::string meaning = record.help;
  if (!record.choices.empty()) {
    meaning += fmt::format(": {}", fmt::join(record.choices, ", "));
  }
  const std::string unit =
      record.unit.empty() ? "" : fmt::format(" {}", record.unit);
  std::string range = range_text(record);
  range += range.empty() ? "" : unit;
  std::string fallback = record.is_switch ? "off" : record.default_text;
  fallback += fallback.empty() || !range.empty() ? "" : unit;
  return fmt::format(
      "| `{}` | {} | {} | {} |\n",
      escape_markdown(option_names(record)),
      escape_markdown(meaning),
      range,
      record.is_required ? "required" : escape_markdown(fallback));
}

/// "config, data, ...": what there is help on besides the commands.
std::string topic_names() {
  std::vector<std::string_view> names;
  for (const HelpTopic& topic : help_topics()) {
    names.push_back(topic.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string wrap(
    const std::string& text, std::int64_t width, std::int64_t indent) {
  std::istringstream words(text);
  std::string result;
  std::string word;
  std::int64_t column = 0;
  while (words >> word) {
    const std::int64_t length = display_width(word);
    if (column > 0 && column + 1 + length > width) {
      result += fmt::format("\n{:{}}", "", indent);
      column = 0;
    }
    if (column > 0) {
      result += " ";
      ++column;
    }
    result += word;
    column += length;
  }
  return result;
}

std::string option_sentence(const OptionRecord& record) {
  std::vector<std::string> facts;
  if (!record.choices.empty()) {
    facts.push_back(fmt::format("{}", fmt::join(record.choices, ", ")));
  }
  const std::string unit =
      record.unit.empty() ? "" : fmt::format(" {}", record.unit);
  if (const std::string range = range_text(record); !range.empty()) {
    facts.push_back(range + unit);
  }
  if (record.repeats && !record.splits_commas) {
    facts.push_back("may be repeated");
  }
  if (record.is_required) {
    facts.push_back("required");
  } else if (!record.is_switch && !record.default_text.empty()) {
    facts.push_back(fmt::format("default {}", record.default_text));
  }
  return facts.empty()
             ? record.help
             : fmt::format("{} ({})", record.help, fmt::join(facts, "; "));
}

std::string overview(const Commands& commands) {
  std::string text =
      "ompq: gives every layer of a network its own bit width.\n\n"
      "  ompq COMMAND [options]\n\nCommands:\n";
  for (const auto& command : commands) {
    text += fmt::format("  {:<12}{}\n", command->name(), command->summary());
  }
  return text +
         "\n"
         "  ompq help COMMAND    options of a command, with their defaults\n"
         "  ompq help TOPIC      more on: " +
         topic_names() +
         "\n"
         "  ompq --version       version of the program\n";
}

std::string help_page(
    const Command& command, const OptionTable& table, std::int64_t width) {
  std::string text = fmt::format(
      "{}\n\n{}\n",
      wrap(usage(command, table), width, 4),
      wrap(std::string(command.summary()) + ".", width, 0));
  std::string group = "?";
  for (const OptionRecord& record : table.records()) {
    if (record.group != group) {
      group = record.group;
      text += fmt::format("\n{}:\n", group);
    }
    text += option_lines(record, width);
  }
  if (!command.notes().empty()) {
    text += fmt::format("\n{}\n", command.notes());
  }
  return text;
}

std::string markdown_page(const Commands& commands) {
  std::string text =
      "# Options\n\n"
      "Generated by `ompq help --markdown` from the records that also make "
      "the flags,\nthe checks and the help pages; do not edit. Every option "
      "may also stand in a file\ngiven by `--config`; flags win over the "
      "file, the file over the defaults.\n";
  for (const auto& command : commands) {
    const auto [common, table] = command_table(*command);
    text += fmt::format(
        "\n## ompq {}\n\n{}.\n\n`{}`\n",
        command->name(),
        command->summary(),
        usage(*command, table));
    std::string group = "?";
    for (const OptionRecord& record : table.records()) {
      if (record.group != group) {
        group = record.group;
        text += fmt::format(
            "\n### {}\n\n| option | meaning | range | default |\n"
            "|---|---|---|---|\n",
            group);
      }
      text += markdown_row(record);
    }
  }
  return text;
}

}  // namespace ompq
