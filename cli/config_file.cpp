// SPDX-License-Identifier: MIT
#include "cli/config_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>

#include "ompq/core/error.h"
#include "ompq/core/json_file.h"

namespace ompq {
namespace {

std::string scalar_text(const JsonReader& value) {
  const Json& json = value.json();
  if (json.is_string()) {
    return json.get<std::string>();
  }
  if (json.is_number() || json.is_boolean()) {
    return json.dump();
  }
  value.fail_field("expected a text, a number, or true or false");
}

std::vector<std::string> setting_texts(const JsonReader& value) {
  std::vector<std::string> texts;
  if (value.json().is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      texts.push_back(scalar_text(value.at(i)));
    }
  } else if (value.json().is_object()) {
    for (const auto& item : value.json().items()) {
      texts.push_back(item.key() + "=" + scalar_text(value.at(item.key())));
    }
  } else {
    texts.push_back(scalar_text(value));
  }
  return texts;
}

std::vector<ConfigEntry> json_entries(
    const JsonReader& document, const std::vector<std::string>& command_names) {
  if (!document.json().is_object()) {
    document.fail_field("expected an object of settings");
  }
  std::vector<ConfigEntry> entries;
  for (const auto& item : document.json().items()) {
    const std::string& key = item.key();
    const JsonReader value = document.at(key);
    const bool is_section =
        value.json().is_object() &&
        std::ranges::find(command_names, key) != command_names.end();
    if (!is_section) {
      entries.push_back({"", key, setting_texts(value)});
      continue;
    }
    for (const auto& member : value.json().items()) {
      entries.push_back(
          {key, member.key(), setting_texts(value.at(member.key()))});
    }
  }
  return entries;
}

std::vector<ConfigEntry> text_entries(
    const std::string& text, bool is_ini, const std::string& where) {
  std::istringstream stream(text);
  std::vector<CLI::ConfigItem> items;
  try {
    items = is_ini ? CLI::ConfigINI().from_config(stream)
                   : CLI::ConfigTOML().from_config(stream);
  } catch (const CLI::Error& error) {
    fail(ErrorCode::InvalidFile, "{}: {}", where, error.what());
  }
  std::vector<ConfigEntry> entries;
  for (const CLI::ConfigItem& item : items) {
    // The reader marks the begin and end of sections by these names.
    if (item.name == "++" || item.name == "--") {
      continue;
    }
    OMPQ_CHECK(
        item.parents.size() <= 1,
        ErrorCode::InvalidFile,
        "{}: {}: sections cannot be nested",
        where,
        item.fullname());
    entries.push_back(
        {item.parents.empty() ? "" : item.parents.front(),
         item.name,
         item.inputs});
  }
  return entries;
}

}  // namespace

std::vector<ConfigEntry> read_config(
    const std::filesystem::path& path,
    const std::vector<std::string>& command_names) {
  std::ifstream stream(path, std::ios::binary);
  std::error_code ignored;
  OMPQ_CHECK(
      stream.good() && !std::filesystem::is_directory(path, ignored),
      ErrorCode::NotFound,
      "{}: no such file, or it may not be read",
      path.string());
  std::ostringstream text;
  text << stream.rdbuf();
  const std::size_t first = text.str().find_first_not_of(" \t\r\n");
  const bool has_brace = first != std::string::npos && text.str()[first] == '{';
  if (path.extension() == ".json" || has_brace) {
    const Json json = read_json(path);
    return json_entries(
        JsonReader(json, path.string(), ErrorCode::InvalidFile), command_names);
  }
  return text_entries(text.str(), path.extension() == ".ini", path.string());
}

}  // namespace ompq
