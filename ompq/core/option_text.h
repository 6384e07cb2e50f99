// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/core/export.h"
#include "ompq/core/units.h"

namespace ompq {

/// The names of an enum's values at the edge (flags, files). Specialise with
/// `static constexpr std::array kNames{std::pair{std::string_view{"raw"},
/// OrmKind::Raw}, ...}`.
template <typename E>
struct EnumNames;

template <typename T>
concept NamedEnum = std::is_enum_v<T> && requires {
  EnumNames<T>::kNames.size();
};

/// The value called `text`.
///
/// @throws Error{InvalidArgument}  no such name; lists the allowed ones
template <NamedEnum E>
[[nodiscard]] E parse_enum(std::string_view text) {
  std::string allowed;
  for (const auto& [name, value] : EnumNames<E>::kNames) {
    if (name == text) {
      return value;
    }
    allowed += allowed.empty() ? "" : ", ";
    allowed += name;
  }
  fail(
      ErrorCode::InvalidArgument,
      "expected one of {}; got '{}'",
      allowed,
      text);
}

/// The name of `value`; "" if it has none.
template <NamedEnum E>
[[nodiscard]] std::string_view enum_name(E value) {
  for (const auto& [name, candidate] : EnumNames<E>::kNames) {
    if (candidate == value) {
      return name;
    }
  }
  return "";
}

/// Reads all of `text` as an integer or a finite number.
///
/// @throws Error{InvalidArgument}  it is none, or does not fit the type
[[nodiscard]] OMPQ_API std::int64_t parse_integer(std::string_view text);
[[nodiscard]] OMPQ_API double parse_number(std::string_view text);
/// "true", "on", "yes", "1" or "false", "off", "no", "0".
[[nodiscard]] OMPQ_API bool parse_switch(std::string_view text);
/// The parts between `separator`s; one empty part for an empty text.
[[nodiscard]] OMPQ_API std::vector<std::string> split(
    std::string_view text, char separator);

/// How a field of type T is written as text. Specialise it for a new type of
/// field: kPlaceholder is what help shows for the value; parse() throws
/// Error{InvalidArgument}; print() is its inverse.
template <typename T>
struct OptionText;

template <>
struct OptionText<bool> {
  static constexpr std::string_view kPlaceholder = "";
  static bool parse(std::string_view text) { return parse_switch(text); }
  static std::string print(bool value) { return value ? "true" : "false"; }
};

template <typename T>
requires(std::integral<T> && !std::same_as<T, bool>) struct OptionText<T> {
  static constexpr std::string_view kPlaceholder = "N";
  static T parse(std::string_view text) {
    const std::int64_t value = parse_integer(text);
    OMPQ_CHECK(
        std::in_range<T>(value),
        ErrorCode::InvalidArgument,
        "{} is out of range",
        text);
    return static_cast<T>(value);
  }
  static std::string print(T value) { return fmt::format("{}", value); }
};

template <>
struct OptionText<double> {
  static constexpr std::string_view kPlaceholder = "NUMBER";
  static double parse(std::string_view text) { return parse_number(text); }
  static std::string print(double value) { return fmt::format("{}", value); }
};

template <>
struct OptionText<std::string> {
  static constexpr std::string_view kPlaceholder = "TEXT";
  static std::string parse(std::string_view text) { return std::string(text); }
  static std::string print(const std::string& value) { return value; }
};

template <>
struct OptionText<std::filesystem::path> {
  static constexpr std::string_view kPlaceholder = "FILE";
  static std::filesystem::path parse(std::string_view text) { return text; }
  static std::string print(const std::filesystem::path& value) {
    return value.string();
  }
};

template <>
struct OptionText<Bytes> {
  static constexpr std::string_view kPlaceholder = "SIZE";
  static Bytes parse(std::string_view text) { return parse_bytes(text); }
  static std::string print(Bytes value) {
    return fmt::format("{}", value.count);
  }
};

template <NamedEnum E>
struct OptionText<E> {
  static constexpr std::string_view kPlaceholder = "NAME";
  static E parse(std::string_view text) { return parse_enum<E>(text); }
  static std::string print(E value) { return std::string(enum_name(value)); }
};

/// An absent value is written as nothing.
template <typename T>
struct OptionText<std::optional<T>> {
  static constexpr std::string_view kPlaceholder = OptionText<T>::kPlaceholder;
  static std::optional<T> parse(std::string_view text) {
    return OptionText<T>::parse(text);
  }
  static std::string print(const std::optional<T>& value) {
    return value ? OptionText<T>::print(*value) : "";
  }
};

}  // namespace ompq
