// SPDX-License-Identifier: MIT
#include "cli/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ompq/core/error.h"

#include "cli/terminal.h"

namespace ompq {
namespace {

constexpr std::int64_t kGap = 2;
/// A column of texts that shrinks keeps at least this many characters.
constexpr std::int64_t kSmallestColumn = 8;

std::vector<std::string> made_printable(std::vector<std::string> cells) {
  for (std::string& cell : cells) {
    cell = printable(cell);
  }
  return cells;
}

std::string render_row(
    const std::vector<Column>& columns,
    const std::vector<std::string>& cells,
    const std::vector<std::int64_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string cell = shorten_middle(cells[i], widths[i]);
    const auto padding =
        static_cast<std::size_t>(widths[i] - display_width(cell));
    line += i == 0 ? "" : std::string(kGap, ' ');
    line += columns[i].is_number ? std::string(padding, ' ') + cell
                                 : cell + std::string(padding, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add_row(std::vector<std::string> cells) {
  OMPQ_ASSERT(cells.size() == columns_.size(), "a row has a cell per column");
  rows_.push_back(made_printable(std::move(cells)));
}

void Table::set_totals(std::vector<std::string> cells) {
  OMPQ_ASSERT(cells.size() == columns_.size(), "a row has a cell per column");
  totals_ = made_printable(std::move(cells));
}

std::string Table::render(std::int64_t width) const {
  const std::vector<std::int64_t> widths = column_widths(width);
  std::vector<std::string> titles;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
  }
  const auto line_width = static_cast<std::size_t>(
      std::accumulate(widths.begin(), widths.end(), std::int64_t{0}) +
      kGap * (static_cast<std::int64_t>(widths.size()) - 1));
  const std::string line = std::string(line_width, '-') + "\n";
  std::string text = render_row(columns_, titles, widths) + line;
  for (const auto& row : rows_) {
    text += render_row(columns_, row, widths);
  }
  if (!totals_.empty()) {
    text += line + render_row(columns_, totals_, widths);
  }
  return text;
}

std::vector<std::int64_t> Table::column_widths(std::int64_t width) const {
  std::vector<std::int64_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::int64_t widest = display_width(columns_[i].title);
    for (const auto& row : rows_) {
      widest = std::max(widest, display_width(row[i]));
    }
    if (!totals_.empty()) {
      widest = std::max(widest, display_width(totals_[i]));
    }
    widths.push_back(widest);
  }
  std::int64_t excess =
      std::accumulate(widths.begin(), widths.end(), std::int64_t{0}) +
      kGap * (static_cast<std::int64_t>(widths.size()) - 1) - width;
  while (excess > 0) {
    // One column at a time, the widest that still may give way.
    std::size_t chosen = columns_.size();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool may_give =
          columns_[i].may_shrink && widths[i] > kSmallestColumn;
      if (may_give &&
          (chosen == columns_.size() || widths[i] > widths[chosen])) {
        chosen = i;
      }
    }
    if (chosen == columns_.size()) {
      break;
    }
    --widths[chosen];
    --excess;
  }
  return widths;
}

}  // namespace ompq
