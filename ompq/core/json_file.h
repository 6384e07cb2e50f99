// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>

#include <nlohmann/json.hpp>

#include "ompq/core/error.h"
#include "ompq/core/export.h"

namespace ompq {

/// JSON whose objects keep the order in which keys were written.
using Json = nlohmann::ordered_json;

/// Reads a JSON file.
///
/// @throws Error{NotFound}     the file does not exist or may not be read
/// @throws Error{InvalidFile}  not JSON; names line and column
[[nodiscard]] OMPQ_API Json read_json(const std::filesystem::path& path);

/// Writes a JSON file, indented by two spaces, whole or not at all.
///
/// @throws Error{OutputFailed}
OMPQ_API void write_json(const std::filesystem::path& path, const Json& json);

/// Typed access to the fields of a JSON document with errors that name the
/// file and the path of the field: `plan.json: layers[3].weight_bits: expected
/// an integer from 1 to 16, got "four"`.
class OMPQ_API JsonReader {
 public:
  /// @param json   must outlive the reader
  /// @param where  text that begins every error, e.g. "plan.json"
  /// @param code   code of the errors thrown
  JsonReader(const Json& json, std::string where, ErrorCode code);

  /// Member `key` of an object; throws if missing or not an object.
  [[nodiscard]] JsonReader at(const std::string& key) const;
  /// True if this is an object that holds `key` with a value other than null.
  [[nodiscard]] bool has(const std::string& key) const;
  /// Element of an array; throws if out of range or not an array.
  [[nodiscard]] JsonReader at(std::size_t index) const;
  /// Number of elements of an array; throws if not an array.
  [[nodiscard]] std::size_t size() const;

  [[nodiscard]] std::string as_string() const;
  [[nodiscard]] bool as_bool() const;
  /// Any finite number.
  [[nodiscard]] double as_number() const;
  /// An integer within [low, high].
  [[nodiscard]] std::int64_t as_integer(
      std::int64_t low, std::int64_t high) const;
  [[nodiscard]] const Json& json() const { return *json_; }

  /// Throws unless this is an object without members other than `known`; the
  /// message names the unknown member and the nearest known ones.
  void check_fields(std::initializer_list<const char*> known) const;

  /// Throws an error about this field: "<where><path>: <problem>".
  [[noreturn]] void fail_field(const std::string& problem) const;

 private:
  JsonReader(
      const Json& json, std::string where, std::string path, ErrorCode code);

  const Json* json_;
  std::string where_;
  std::string path_;
  ErrorCode code_;
};

}  // namespace ompq
