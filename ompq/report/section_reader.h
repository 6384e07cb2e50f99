// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/core/json_file.h"

namespace ompq {

/// Sentences for whoever reads a report: what is missing or damaged, and why.
using Notices = std::vector<std::string>;

/// Reads the sections of a document one by one: what is damaged is left out
/// with a notice instead of failing the whole.
class SectionReader {
 public:
  /// @param document, notices  must outlive the reader
  /// @param where              begins every notice
  SectionReader(const Json& document, std::string where, Notices& notices)
      : reader_(document, std::move(where), ErrorCode::InvalidFile),
        notices_(notices) {}

  /// Calls read(JsonReader of the member `key`) if there is one.
  template <typename Read>
  void section(const std::string& key, const Read& read) {
    if (!reader_.has(key)) {
      return;
    }
    try {
      read(reader_.at(key));
    } catch (const Error& error) {
      notices_.push_back(std::string(error.what()) + "; left out");
    }
  }

 private:
  JsonReader reader_;
  Notices& notices_;
};

/// The elements of an array, each read by read(JsonReader).
template <typename Read>
auto read_list(const JsonReader& json, const Read& read) {
  std::vector<decltype(read(json))> elements;
  for (std::size_t i = 0; i < json.size(); ++i) {
    elements.push_back(read(json.at(i)));
  }
  return elements;
}

/// Largest count that a record may hold.
inline constexpr std::int64_t kMaxRecordedCount = std::int64_t{1} << 53;

/// An integer that is not negative.
inline std::int64_t read_count(const JsonReader& json) {
  return json.as_integer(0, kMaxRecordedCount);
}

}  // namespace ompq
