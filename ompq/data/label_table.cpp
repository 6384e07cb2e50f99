// SPDX-License-Identifier: MIT
#include <charconv>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "ompq/core/error.h"
#include "ompq/data/image_folder.h"

namespace ompq {
namespace {

/// One line of the table, for errors.
struct TableLine {
  std::string table;
  std::int64_t number = 0;
  std::string text;

  [[noreturn]] void fail_line(std::string_view problem) const {
    fail(
        ErrorCode::InvalidData,
        "{}:{}: {}, got \"{}\"",
        table,
        number,
        problem,
        text);
  }
};

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// The file field, without the quotes it may stand in ("" is one quote).
std::string unquoted(std::string_view field, const TableLine& line) {
  if (!field.starts_with('"')) {
    return std::string(field);
  }
  std::string text;
  std::size_t i = 1;
  for (; i < field.size() && (field[i] != '"' || field.substr(i, 2) == "\"\"");
       ++i) {
    i += field[i] == '"' ? 1 : 0;
    text += field[i];
  }
  if (i + 1 != field.size()) {
    line.fail_line("expected the file's name in double quotes");
  }
  return text;
}

std::int64_t parse_label(std::string_view field, const TableLine& line) {
  std::int64_t label = -1;
  const char* end = field.data() + field.size();
  const auto [stop, error] = std::from_chars(field.data(), end, label);
  if (error != std::errc() || stop != end || label < 0) {
    line.fail_line("expected a class index of 0 or more after the comma");
  }
  return label;
}

ImageFile parse_line(
    const TableLine& line, const std::filesystem::path& folder) {
  const std::string_view text = without_blanks(line.text);
  const std::size_t comma = text.rfind(',');
  if (comma == std::string_view::npos) {
    line.fail_line("expected file,label");
  }
  const std::string file =
      unquoted(without_blanks(text.substr(0, comma)), line);
  if (file.empty()) {
    line.fail_line("expected a file's name before the comma");
  }
  const std::int64_t label =
      parse_label(without_blanks(text.substr(comma + 1)), line);
  std::error_code error;
  OMPQ_CHECK(
      std::filesystem::is_regular_file(folder / file, error),
      ErrorCode::NotFound,
      "{}:{}: no such file: {} (paths are relative to the table)",
      line.table,
      line.number,
      (folder / file).string());
  return {folder / file, label};
}

}  // namespace

std::vector<ImageFile> read_label_table(const std::filesystem::path& table) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::ifstream stream(table, std::ios::binary);
  OMPQ_CHECK(
      stream.good() && !std::filesystem::is_directory(table),
      ErrorCode::NotFound,
      "{}: no such file, or it may not be read",
      table.string());
  TableLine line{table.string(), 0, ""};
  std::vector<ImageFile> files;
  while (std::getline(stream, line.text)) {
    ++line.number;
    if (line.number == 1) {
      if (line.text.starts_with(kByteOrderMark)) {
        line.text.erase(0, kByteOrderMark.size());
      }
      if (without_blanks(line.text) != "file,label") {
        line.fail_line("expected the header file,label");
      }
    } else if (!without_blanks(line.text).empty()) {
      files.push_back(parse_line(line, table.parent_path()));
    }
  }
  OMPQ_CHECK(
      !files.empty(),
      ErrorCode::InvalidData,
      "{}: lists no files; expected lines file,label after the header",
      table.string());
  return files;
}

}  // namespace ompq
