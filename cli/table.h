// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ompq {

/// One column of a Table.
struct Column {
  std::string title;
  /// Numbers stand on the right, texts on the left.
  bool is_number = false;
  /// Texts are cut in the middle where the table would be too wide.
  bool may_shrink = false;
};

/// Rows of text under a header, as plain text.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  /// @param cells  one text for each column
  void add_row(std::vector<std::string> cells);
  /// A last row below a line.
  void set_totals(std::vector<std::string> cells);

  /// The lines of the table, each ended by a newline and none wider than
  /// `width` as long as the columns that may shrink allow it. Control
  /// characters in cells are replaced.
  [[nodiscard]] std::string render(std::int64_t width) const;

 private:
  [[nodiscard]] std::vector<std::int64_t> column_widths(
      std::int64_t width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::string> totals_;
};

}  // namespace ompq
