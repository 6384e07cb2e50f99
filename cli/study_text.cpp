// SPDX-License-Identifier: MIT
#include "cli/study_text.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/help_text.h"
#include "cli/table.h"

namespace ompq {
namespace {

std::string percent(double share) {
  return fmt::format("{:.2f}", 100.0 * share);
}

std::string interval(const std::optional<RankCorrelation>& correlation) {
  return correlation ? fmt::format(
                           "{:.2f} to {:.2f}",
                           correlation->spearman_low,
                           correlation->spearman_high)
                     : "-";
}

std::string number(
    const std::optional<RankCorrelation>& correlation,
    double RankCorrelation::*field) {
  return correlation ? fmt::format("{:.2f}", *correlation.*field) : "-";
}

std::vector<Column> columns_of(const char* title, bool is_reconstructed) {
  std::vector<Column> columns{
      {.title = title, .may_shrink = true},
      {.title = "top-1 %", .is_number = true}};
  if (is_reconstructed) {
    columns.push_back({.title = "reconstr. %", .is_number = true});
  }
  columns.insert(
      columns.end(),
      {{.title = "divergence", .is_number = true},
       {.title = "Spearman", .is_number = true},
       {.title = "95 % interval", .is_number = true},
       {.title = "Kendall", .is_number = true}});
  return columns;
}

std::string rows_text(
    const std::vector<StudyRow>& rows,
    const char* title,
    std::size_t budget,
    std::int64_t width) {
  std::vector<const StudyRow*> order;
  for (const StudyRow& row : rows) {
    order.push_back(&row);
  }
  std::ranges::stable_sort(order, [&](const auto* left, const auto* right) {
    return left->cells[budget].top1 > right->cells[budget].top1;
  });
  const bool is_reconstructed =
      !rows.empty() && rows.front().cells[budget].reconstructed_top1;
  Table table(columns_of(title, is_reconstructed));
  for (const StudyRow* row : order) {
    const StudyCell& cell = row->cells[budget];
    std::vector<std::string> cells{row->name, percent(cell.top1)};
    if (is_reconstructed) {
      cells.push_back(percent(*cell.reconstructed_top1));
    }
    cells.insert(
        cells.end(),
        {fmt::format("{:.3g}", cell.divergence),
         number(cell.correlation, &RankCorrelation::spearman),
         interval(cell.correlation),
         number(cell.correlation, &RankCorrelation::kendall)});
    table.add_row(std::move(cells));
  }
  return table.render(width);
}

}  // namespace

std::string to_text(const StudyReport& report, std::int64_t width) {
  std::string text;
  for (std::size_t k = 0; k < report.budgets.size(); ++k) {
    const StudyBudget& budget = report.budgets[k];
    text += wrap(
                fmt::format(
                    "{:g} bits per weight; {} random plans: top-1 {} to {} %, "
                    "ordered by the measured divergence with {:.2f}",
                    budget.average_bits,
                    budget.top1.size(),
                    percent(std::ranges::min(budget.top1)),
                    percent(std::ranges::max(budget.top1)),
                    budget.divergence.spearman),
                width - 2,
                2) +
            "\n";
    text += rows_text(report.scores, "score", k, width) + "\n";
    if (!report.ablations.empty()) {
      text += rows_text(report.ablations, "ompq with", k, width) + "\n";
    }
  }
  return text +
         wrap(
             fmt::format(
                 "float top-1 {} % of {} images; scores measured on {} "
                 "images",
                 percent(report.float_top1),
                 report.evaluation_images,
                 report.calibration_images),
             width - 2,
             2) +
         "\n";
}

}  // namespace ompq
