// SPDX-License-Identifier: MIT
#include "ompq/data/npy_header.h"

#include <charconv>
#include <set>

#include "ompq/core/error.h"

namespace ompq::detail {
namespace {

/// Reads the few Python literals that a header may hold.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::string_view name)
      : text_(text), name_(name) {}

  [[nodiscard]] NpyHeader parse();

 private:
  [[noreturn]] void fail_at(std::string_view expected) const {
    fail(
        ErrorCode::InvalidFile,
        "{}: damaged .npy header: expected {} at character {} of \"{}\"",
        name_,
        expected,
        position_,
        text_);
  }

  void skip_space() {
    while (position_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[position_]) !=
               std::string_view::npos) {
      ++position_;
    }
  }
  [[nodiscard]] bool accept(std::string_view token) {
    skip_space();
    const bool matches = text_.substr(position_).starts_with(token);
    position_ += matches ? token.size() : 0;
    return matches;
  }
  void expect(std::string_view token) {
    if (!accept(token)) {
      fail_at(fmt::format("'{}'", token));
    }
  }

  [[nodiscard]] std::string string_literal();
  [[nodiscard]] std::string type_string();
  [[nodiscard]] bool boolean();
  [[nodiscard]] std::int64_t size_literal();
  [[nodiscard]] std::vector<std::int64_t> tuple();

  std::string_view text_;
  std::string_view name_;
  std::size_t position_ = 0;
};

std::string HeaderParser::string_literal() {
  skip_space();
  const char quote = position_ < text_.size() ? text_[position_] : '\0';
  const std::size_t end = quote == '\'' || quote == '"'
                              ? text_.find(quote, position_ + 1)
                              : std::string_view::npos;
  if (end == std::string_view::npos) {
    fail_at("a quoted text");
  }
  const std::string literal(text_.substr(position_ + 1, end - position_ - 1));
  position_ = end + 1;
  return literal;
}

/// A type string; the list of a structured type is skipped and gives "".
std::string HeaderParser::type_string() {
  skip_space();
  if (position_ >= text_.size() || text_[position_] != '[') {
    return string_literal();
  }
  int depth = 0;
  do {
    if (position_ >= text_.size()) {
      fail_at("']'");
    }
    depth += text_[position_] == '[' ? 1 : 0;
    depth -= text_[position_] == ']' ? 1 : 0;
    ++position_;
  } while (depth > 0);
  return "";
}

bool HeaderParser::boolean() {
  if (accept("True")) {
    return true;
  }
  if (!accept("False")) {
    fail_at("True or False");
  }
  return false;
}

std::int64_t HeaderParser::size_literal() {
  skip_space();
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(
      text_.data() + position_, text_.data() + text_.size(), value);
  if (error != std::errc() || value < 0) {
    fail_at("a size of 0 or more");
  }
  position_ = static_cast<std::size_t>(end - text_.data());
  // Python 2 wrote long integers with this suffix.
  static_cast<void>(accept("L"));
  return value;
}

std::vector<std::int64_t> HeaderParser::tuple() {
  std::vector<std::int64_t> sizes;
  expect("(");
  while (!accept(")")) {
    sizes.push_back(size_literal());
    if (!accept(",")) {
      expect(")");
      break;
    }
  }
  return sizes;
}

NpyHeader HeaderParser::parse() {
  NpyHeader header;
  std::set<std::string> keys;
  expect("{");
  while (!accept("}")) {
    const std::string key = string_literal();
    expect(":");
    if (!keys.insert(key).second) {
      fail_at(fmt::format("'{}' only once", key));
    }
    if (key == "descr") {
      header.descr = type_string();
    } else if (key == "fortran_order") {
      header.fortran_order = boolean();
    } else if (key == "shape") {
      header.shape = tuple();
    } else {
      fail_at("one of the keys descr, fortran_order, shape");
    }
    if (!accept(",")) {
      expect("}");
      break;
    }
  }
  if (keys.size() != 3) {
    fail_at("the keys descr, fortran_order and shape");
  }
  return header;
}

}  // namespace

NpyHeader parse_npy_header(std::string_view text, std::string_view name) {
  return HeaderParser(text, name).parse();
}

}  // namespace ompq::detail
