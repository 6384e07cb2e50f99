// SPDX-License-Identifier: MIT
#include "cli/command_line.h"

#include <algorithm>
#include <list>

#include <CLI/CLI.hpp>

#include "ompq/core/error.h"
#include "ompq/core/nearest_name.h"

namespace ompq {
namespace {

/// More than any command line holds.
constexpr int kManyWords = 1 << 20;

std::string flag_names(const OptionRecord& record) {
  if (record.is_positional) {
    return record.name;
  }
  return record.letter.empty()
             ? fmt::format("--{}", record.name)
             : fmt::format("-{},--{}", record.letter, record.name);
}

std::string shown_name(const OptionRecord& record) {
  return record.is_positional ? record.placeholder : "--" + record.name;
}

void declare(CLI::App& app, const OptionTable& table) {
  for (const OptionRecord& record : table.records()) {
    if (record.is_switch) {
      app.add_flag(flag_names(record))
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else if (record.is_positional && record.repeats) {
      app.add_option(flag_names(record))
          ->type_size(1)
          ->expected(1, kManyWords)
          ->allow_extra_args();
    } else {
      // One value for each time the flag stands there: it must not swallow
      // the words that follow.
      app.add_option(flag_names(record))
          ->type_size(1)
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
}

/// Complains about the first word that no option took.
[[noreturn]] void fail_unexpected(
    const OptionTable& table, const std::vector<std::string>& words) {
  const auto flag = std::ranges::find_if(words, [](const std::string& word) {
    return word.size() > 1 && word.front() == '-';
  });
  if (flag == words.end()) {
    fail(ErrorCode::InvalidArgument, "unexpected argument '{}'", words.front());
  }
  const std::string name = flag->substr(0, flag->find('='));
  std::vector<std::string> known{"--help"};
  for (const OptionRecord& record : table.records()) {
    if (!record.is_positional) {
      known.push_back("--" + record.name);
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "unknown flag '{}'{}",
      name,
      did_you_mean(name, known));
}

void assign_one(
    const OptionRecord& record,
    const std::vector<std::string>& texts,
    const std::string& where) {
  OMPQ_CHECK(
      record.repeats || texts.size() == 1,
      ErrorCode::InvalidArgument,
      "{}: expected one value, got {}",
      where,
      texts.size());
  try {
    record.assign(texts);
  } catch (const Error& error) {
    fail(error.code(), "{}: {}", where, error.what());
  }
}

void assign_entry(
    const OptionTable& table,
    const ConfigEntry& entry,
    const std::string& command,
    std::span<const std::string> known_keys) {
  if (!entry.section.empty() && entry.section != command) {
    return;
  }
  const std::string where = "configuration: " + entry.key;
  const OptionRecord* record = table.find(entry.key);
  if (record != nullptr) {
    assign_one(*record, entry.texts, where);
    return;
  }
  const bool is_of_another_command =
      entry.section.empty() &&
      std::ranges::find(known_keys, entry.key) != known_keys.end();
  OMPQ_CHECK(
      is_of_another_command,
      ErrorCode::InvalidArgument,
      "{}: no such option{}",
      where,
      did_you_mean(entry.key, known_keys));
}

}  // namespace

GivenOptions parse_words(
    const OptionTable& table, std::span<const std::string> words) {
  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  declare(app, table);
  try {
    // CLI11 takes the words last first.
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string message = error.what();
    fail(
        ErrorCode::InvalidArgument,
        "{} needs a value",
        message.substr(0, message.find(':')));
  } catch (const CLI::ParseError& error) {
    fail(ErrorCode::InvalidArgument, "{}", error.what());
  }
  std::vector<std::string> rest = app.remaining();
  std::erase(rest, "--");
  if (!rest.empty()) {
    fail_unexpected(table, rest);
  }
  GivenOptions given;
  for (const OptionRecord& record : table.records()) {
    const std::string key =
        record.is_positional ? record.name : "--" + record.name;
    const std::vector<std::string> texts = app.get_option(key)->results();
    OMPQ_CHECK(
        texts.size() <= 1 || record.repeats || record.is_switch,
        ErrorCode::InvalidArgument,
        "{} is given {} times",
        shown_name(record),
        texts.size());
    if (!texts.empty()) {
      given[record.name] =
          record.is_switch ? std::vector<std::string>{texts.back()} : texts;
    }
  }
  return given;
}

void assign_options(
    const OptionTable& table,
    const GivenOptions& given,
    std::span<const ConfigEntry> config,
    const std::string& command,
    std::span<const std::string> known_keys) {
  std::vector<std::string> set;
  for (const ConfigEntry& entry : config) {
    if (!given.contains(entry.key)) {
      assign_entry(table, entry, command, known_keys);
      set.push_back(entry.key);
    }
  }
  for (const OptionRecord& record : table.records()) {
    const auto texts = given.find(record.name);
    if (texts != given.end()) {
      assign_one(record, texts->second, shown_name(record));
    }
    OMPQ_CHECK(
        !record.is_required || texts != given.end() ||
            std::ranges::find(set, record.name) != set.end(),
        ErrorCode::InvalidArgument,
        "{} is missing; see 'ompq help {}'",
        shown_name(record),
        command);
  }
}

}  // namespace ompq
