// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/core/export.h"
#include "ompq/core/option_text.h"

namespace ompq {

/// What a describe() function says about one field of an options struct. The
/// texts must be literals: tables keep views of them.
struct OptionInfo {
  /// Long flag without dashes and key in configuration files.
  std::string_view name;
  /// One sentence without a full stop; what the option does.
  std::string_view help;
  /// Unit of a number, e.g. "s" or "images".
  std::string_view unit = "";
  /// Inclusive limits of a number, or of every number of a list.
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  /// What help shows for the value, if the type's own word says too little.
  std::string_view placeholder = "";
  /// One-letter flag without dash.
  std::string_view letter = "";
  /// What help shows as the default of a field that is empty by default.
  std::string_view empty_means = "";
  /// Taken from the command line by position, not by flag.
  bool is_positional = false;
  /// The command cannot run without it.
  bool is_required = false;
  /// A bool that is given as a value, on or off, because it is on by default.
  bool takes_value = false;
};

/// One field of an options struct with its type erased: all that flags,
/// configuration files, help pages and reports need to know.
struct OptionRecord {
  /// Heading under which help shows it.
  std::string group;
  std::string name;
  std::string letter;
  std::string help;
  std::string unit;
  std::string placeholder;
  /// Text of the default; "" if there is none.
  std::string default_text;
  /// Allowed names, for an enum.
  std::vector<std::string> choices;
  double low = 0.0;
  double high = 0.0;
  /// Names a file or a folder.
  bool is_path = false;
  /// Takes no value.
  bool is_switch = false;
  /// May be given several times.
  bool repeats = false;
  /// One text may hold several elements, separated by commas.
  bool splits_commas = false;
  bool is_positional = false;
  bool is_required = false;
  /// Sets the field from one text, or from several if it repeats.
  ///
  /// @throws Error{InvalidArgument}  not of the field's type or out of range
  std::function<void(const std::vector<std::string>&)> assign;
  /// The field's value as text now.
  std::function<std::string()> text;
};

/// The options of a command: made by handing it to the describe() function of
/// each options struct, which must outlive the table.
///
///     struct SearchOptions {
///       std::int64_t samples = 64;
///       template <typename Visitor>
///       void describe(Visitor&& visit) {
///         visit(samples, {.name = "samples", .help = "...", .low = 1});
///       }
///     };
class OMPQ_API OptionTable {
 public:
  /// The fields described from now on stand under this heading in help.
  void begin_group(std::string heading) { group_ = std::move(heading); }

  /// The visitor that describe() functions call for each field.
  template <typename T>
  void operator()(T& field, const OptionInfo& info);

  [[nodiscard]] const std::vector<OptionRecord>& records() const {
    return records_;
  }
  /// The record called `name`, or nullptr.
  [[nodiscard]] const OptionRecord* find(std::string_view name) const;

 private:
  void add(OptionRecord record, const OptionInfo& info);

  std::string group_;
  std::vector<OptionRecord> records_;
};

/// Text that help shows for the allowed values: "1 to 8", "at least 1", "";
/// choices are not repeated.
[[nodiscard]] OMPQ_API std::string range_text(const OptionRecord& record);

namespace detail {

template <typename T>
struct ListElement {};
template <typename T>
struct ListElement<std::vector<T>> {
  using type = T;
};
template <typename T>
concept List = requires {
  typename ListElement<T>::type;
};

template <typename T>
struct Unwrapped {
  using type = T;
};
template <typename T>
struct Unwrapped<std::optional<T>> {
  using type = T;
};
template <List T>
struct Unwrapped<T> {
  using type = typename ListElement<T>::type;
};

[[nodiscard]] OMPQ_API OptionRecord
make_record(const OptionInfo& info, std::string_view placeholder);
OMPQ_API void check_range(double number, const OptionInfo& info);

/// A value of type T within the limits.
template <typename T>
T parse_within(std::string_view text, const OptionInfo& info) {
  T value = OptionText<T>::parse(text);
  if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
    check_range(static_cast<double>(value), info);
  }
  return value;
}

/// The elements of a list: each text is one, or several separated by commas if
/// they are numbers.
template <typename T>
std::vector<T> parse_list(
    const std::vector<std::string>& texts, const OptionInfo& info) {
  std::vector<T> elements;
  for (const std::string& text : texts) {
    if constexpr (std::is_arithmetic_v<T>) {
      for (const std::string& part : split(text, ',')) {
        elements.push_back(parse_within<T>(part, info));
      }
    } else {
      elements.push_back(parse_within<T>(text, info));
    }
  }
  return elements;
}

template <typename T>
std::string print_list(const std::vector<T>& elements) {
  std::string text;
  for (const T& element : elements) {
    text += text.empty() ? "" : ",";
    text += OptionText<T>::print(element);
  }
  return text;
}

}  // namespace detail

template <typename T>
void OptionTable::operator()(T& field, const OptionInfo& info) {
  using Element = typename detail::Unwrapped<T>::type;
  OptionRecord record =
      detail::make_record(info, OptionText<Element>::kPlaceholder);
  record.is_path = std::is_same_v<Element, std::filesystem::path>;
  if constexpr (NamedEnum<Element>) {
    for (const auto& [name, value] : EnumNames<Element>::kNames) {
      record.choices.emplace_back(name);
    }
  }
  if constexpr (detail::List<T>) {
    record.repeats = true;
    record.splits_commas = std::is_arithmetic_v<Element>;
    record.assign = [&field, info](const std::vector<std::string>& texts) {
      field = detail::parse_list<Element>(texts, info);
    };
    record.text = [&field] { return detail::print_list(field); };
  } else {
    record.is_switch = std::is_same_v<T, bool> && !info.takes_value;
    record.assign = [&field, info](const std::vector<std::string>& texts) {
      field = detail::parse_within<Element>(texts.back(), info);
    };
    record.text = [&field] { return OptionText<T>::print(field); };
    if constexpr (std::is_same_v<T, bool>) {
      if (info.takes_value) {
        record.placeholder = "on|off";
        record.text = [&field] { return std::string(field ? "on" : "off"); };
      }
    }
  }
  add(std::move(record), info);
}

}  // namespace ompq
