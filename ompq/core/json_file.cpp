// SPDX-License-Identifier: MIT
#include "ompq/core/json_file.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "ompq/core/atomic_file.h"
#include "ompq/core/nearest_name.h"

namespace ompq {
namespace {

std::string shortened(const Json& json) {
  constexpr std::size_t kMaxLength = 60;
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kMaxLength) {
    text.resize(kMaxLength);
    text += "...";
  }
  return text;
}

/// Where and why a text is no JSON, without the library's own name for it.
std::string reason_of(
    const nlohmann::json::parse_error& error, const std::string& text) {
  // Control characters that no text has.
  const bool is_text = std::ranges::none_of(text, [](char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code < ' ' && code != '\t' && code != '\n' && code != '\r';
  });
  if (!is_text) {
    return "it is not even text";
  }
  const std::string all = error.what();
  const std::size_t begin = all.find("] parse error at ");
  constexpr std::string_view kPrefix = "] parse error at ";
  return begin == std::string::npos ? all : all.substr(begin + kPrefix.size());
}

}  // namespace

Json read_json(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::error_code ignored;
  OMPQ_CHECK(
      stream.good() && !std::filesystem::is_directory(path, ignored),
      ErrorCode::NotFound,
      "{}: no such file, or it may not be read",
      path.string());
  const std::string text(
      (std::istreambuf_iterator<char>(stream)),
      std::istreambuf_iterator<char>());
  try {
    return Json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    fail(
        ErrorCode::InvalidFile,
        "{}: no JSON: {}",
        path.string(),
        reason_of(error, text));
  }
}

void write_json(const std::filesystem::path& path, const Json& json) {
  write_file_atomically(
      path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

JsonReader::JsonReader(const Json& json, std::string where, ErrorCode code)
    : JsonReader(json, std::move(where), "", code) {}

JsonReader::JsonReader(
    const Json& json, std::string where, std::string path, ErrorCode code)
    : json_(&json),
      where_(std::move(where)),
      path_(std::move(path)),
      code_(code) {}

JsonReader JsonReader::at(const std::string& key) const {
  if (!json_->is_object()) {
    fail_field(fmt::format("expected an object, got {}", shortened(*json_)));
  }
  const std::string path = path_.empty() ? key : path_ + "." + key;
  const auto member = json_->find(key);
  if (member == json_->end()) {
    JsonReader(*json_, where_, path, code_).fail_field("the field is missing");
  }
  return JsonReader(*member, where_, path, code_);
}

bool JsonReader::has(const std::string& key) const {
  if (!json_->is_object()) {
    return false;
  }
  const auto member = json_->find(key);
  return member != json_->end() && !member->is_null();
}

JsonReader JsonReader::at(std::size_t index) const {
  const std::size_t count = size();
  if (index >= count) {
    fail_field(fmt::format("expected more than {} elements", count));
  }
  return JsonReader(
      (*json_)[index], where_, fmt::format("{}[{}]", path_, index), code_);
}

std::size_t JsonReader::size() const {
  if (!json_->is_array()) {
    fail_field(fmt::format("expected an array, got {}", shortened(*json_)));
  }
  return json_->size();
}

std::string JsonReader::as_string() const {
  if (!json_->is_string()) {
    fail_field(fmt::format("expected a string, got {}", shortened(*json_)));
  }
  return json_->get<std::string>();
}

bool JsonReader::as_bool() const {
  if (!json_->is_boolean()) {
    fail_field(
        fmt::format("expected true or false, got {}", shortened(*json_)));
  }
  return json_->get<bool>();
}

double JsonReader::as_number() const {
  if (!json_->is_number() || !std::isfinite(json_->get<double>())) {
    fail_field(
        fmt::format("expected a finite number, got {}", shortened(*json_)));
  }
  return json_->get<double>();
}

std::int64_t JsonReader::as_integer(std::int64_t low, std::int64_t high) const {
  // An unsigned number above 2^63 would wrap around in the conversion.
  const bool is_integer =
      json_->is_number_integer() &&
      (!json_->is_number_unsigned() ||
       json_->get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX));
  const std::int64_t value = is_integer ? json_->get<std::int64_t>() : 0;
  if (!is_integer || value < low || value > high) {
    fail_field(fmt::format(
        "expected an integer from {} to {}, got {}",
        low,
        high,
        shortened(*json_)));
  }
  return value;
}

void JsonReader::check_fields(std::initializer_list<const char*> known) const {
  if (!json_->is_object()) {
    fail_field(fmt::format("expected an object, got {}", shortened(*json_)));
  }
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& member : json_->items()) {
    if (std::find(names.begin(), names.end(), member.key()) == names.end()) {
      at(member.key())
          .fail_field("unknown field" + did_you_mean(member.key(), names));
    }
  }
}

void JsonReader::fail_field(const std::string& problem) const {
  fail(
      code_, "{}: {}: {}", where_, path_.empty() ? "document" : path_, problem);
}

}  // namespace ompq
