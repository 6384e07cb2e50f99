// SPDX-License-Identifier: MIT
#include <sstream>

#include <fmt/format.h>

#include "ompq/version.h"

#include "cli/command_table.h"
#include "cli/completion.h"
#include "cli/help_text.h"
#include "cli/help_topics.h"

namespace ompq {
namespace {

/// Text as man(7) shows it as it is: no escapes, no requests, no ligatures of
/// hyphens.
std::string literal(std::string_view text) {
  std::string result;
  bool is_line_start = true;
  for (const char c : text) {
    if (is_line_start && (c == '.' || c == '\'')) {
      result += "\\&";
    }
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
    is_line_start = c == '\n';
  }
  return result;
}

/// Paragraphs that keep their lines.
std::string example(std::string_view text) {
  return fmt::format(".nf\n{}\n.fi\n", literal(text));
}

std::string option_entry(const OptionRecord& record) {
  const std::string argument =
      record.is_switch || record.is_positional
          ? ""
          : fmt::format(" \\fI{}\\fR", literal(record.placeholder));
  const std::string letter =
      record.letter.empty() ? ""
                            : fmt::format("\\fB\\-{}\\fR, ", record.letter);
  const std::string name =
      record.is_positional
          ? fmt::format("\\fI{}\\fR", literal(record.placeholder))
          : fmt::format("\\fB\\-\\-{}\\fR", literal(record.name));
  return fmt::format(
      ".TP\n{}{}{}\n{}\n",
      letter,
      name,
      argument,
      literal(option_sentence(record)));
}

std::string command_section(Command& command) {
  std::string text = fmt::format(
      ".SS ompq {}\n{}.\n", command.name(), literal(command.summary()));
  const auto [common, table] = command_table(command);
  for (const OptionRecord& record : table.records()) {
    if (record.group != "Common") {
      text += option_entry(record);
    }
  }
  if (!command.notes().empty()) {
    text += ".PP\n" + example(command.notes());
  }
  return text;
}

/// The options that every command has.
std::string common_section(Command& command) {
  std::string text = ".SH COMMON OPTIONS\n";
  const auto [common, table] = command_table(command);
  for (const OptionRecord& record : table.records()) {
    if (record.group == "Common") {
      text += option_entry(record);
    }
  }
  return text;
}

/// A help topic: its first line is a heading.
std::string topic_section(const HelpTopic& topic) {
  std::istringstream lines{std::string(topic.text)};
  std::string heading;
  std::getline(lines, heading);
  const std::size_t body = topic.text.find_first_not_of('\n', heading.size());
  return fmt::format(
      ".SS {}\n{}", literal(heading), example(topic.text.substr(body)));
}

}  // namespace

std::string manual_page(const Commands& commands) {
  std::string text = fmt::format(
      ".TH OMPQ 1 \"\" \"ompq {}\" \"User commands\"\n"
      ".SH NAME\nompq \\- give every layer of a network its own bit width\n"
      ".SH SYNOPSIS\n\\fBompq\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]\n"
      ".SH COMMANDS\n",
      kVersion);
  for (const auto& command : commands) {
    text += command_section(*command);
  }
  text += common_section(*commands.front()) + ".SH TOPICS\n";
  for (const HelpTopic& topic : help_topics()) {
    text += topic_section(topic);
  }
  return text;
}

}  // namespace ompq
