// SPDX-License-Identifier: MIT
#include "ompq/pipeline/study_report.h"

#include <algorithm>

#include <fmt/format.h>

namespace ompq {
namespace {

/// Version of study.json.
constexpr int kStudyVersion = 1;

Json to_json(const RankCorrelation& correlation) {
  Json json = Json::object();
  json["spearman"] = correlation.spearman;
  json["spearman_low"] = correlation.spearman_low;
  json["spearman_high"] = correlation.spearman_high;
  json["kendall"] = correlation.kendall;
  return json;
}

Json to_json(const std::vector<StudyRow>& rows) {
  Json json = Json::array();
  for (const StudyRow& row : rows) {
    Json own = Json::object();
    own["name"] = row.name;
    for (const StudyCell& cell : row.cells) {
      Json entry = Json::object();
      entry["top1"] = cell.top1;
      entry["divergence"] = cell.divergence;
      if (cell.reconstructed_top1) {
        entry["reconstructed_top1"] = *cell.reconstructed_top1;
      }
      if (cell.correlation) {
        entry["correlation"] = to_json(*cell.correlation);
      }
      own["budgets"].push_back(std::move(entry));
    }
    json.push_back(std::move(own));
  }
  return json;
}

std::string correlation_cell(const std::optional<RankCorrelation>& given) {
  return given ? fmt::format(
                     "{:.2f} ({:.2f} to {:.2f})",
                     given->spearman,
                     given->spearman_low,
                     given->spearman_high)
               : "-";
}

bool has_reconstructions(const std::vector<StudyRow>& rows) {
  return !rows.empty() && !rows.front().cells.empty() &&
         rows.front().cells.front().reconstructed_top1.has_value();
}

void add_rows(
    std::string& text,
    const char* title,
    const std::vector<StudyRow>& rows,
    const StudyReport& report) {
  const bool is_reconstructed = has_reconstructions(rows);
  text += fmt::format("\n| {} |", title);
  for (const StudyBudget& budget : report.budgets) {
    text += fmt::format(
        " {:g} bits: top-1 % |{} divergence | order of {} plans |",
        budget.average_bits,
        is_reconstructed ? " reconstructed |" : "",
        budget.top1.size());
  }
  text += "\n|---|";
  for (std::size_t i = 0; i < report.budgets.size(); ++i) {
    text += is_reconstructed ? "---|---|---|---|" : "---|---|---|";
  }
  for (const StudyRow& row : rows) {
    text += fmt::format("\n| {} |", row.name);
    for (const StudyCell& cell : row.cells) {
      text += fmt::format(
          " {:.2f} |{} {:.3g} | {} |",
          100.0 * cell.top1,
          cell.reconstructed_top1
              ? fmt::format(" {:.2f} |", 100.0 * *cell.reconstructed_top1)
              : "",
          cell.divergence,
          correlation_cell(cell.correlation));
    }
  }
  text += "\n";
}

}  // namespace

Json to_json(const StudyReport& report) {
  Json json = Json::object();
  json["version"] = kStudyVersion;
  json["model"] = report.model_file;
  json["model_hash"] = report.model_hash;
  json["calibration_images"] = report.calibration_images;
  json["evaluation_images"] = report.evaluation_images;
  json["float_top1"] = report.float_top1;
  for (const StudyBudget& budget : report.budgets) {
    Json own = Json::object();
    own["average_bits"] = budget.average_bits;
    own["random_top1"] = budget.top1;
    own["divergence_correlation"] = to_json(budget.divergence);
    json["budgets"].push_back(std::move(own));
  }
  json["scores"] = to_json(report.scores);
  if (!report.ablations.empty()) {
    json["ablations"] = to_json(report.ablations);
  }
  return json;
}

std::string to_markdown(const StudyReport& report) {
  std::string text = fmt::format(
      "{}: float top-1 {:.2f} %, {} images to measure, {} to evaluate\n",
      report.model_file,
      100.0 * report.float_top1,
      report.calibration_images,
      report.evaluation_images);
  for (const StudyBudget& budget : report.budgets) {
    text += fmt::format(
        "\n- {:g} bits: top-1 of the random plans {:.2f} to {:.2f} %; the "
        "measured divergence of all layers orders them with {}",
        budget.average_bits,
        100.0 * std::ranges::min(budget.top1),
        100.0 * std::ranges::max(budget.top1),
        correlation_cell(budget.divergence));
  }
  text += "\n";
  add_rows(text, "score", report.scores, report);
  if (!report.ablations.empty()) {
    add_rows(text, "`ompq` with", report.ablations, report);
  }
  return text;
}

}  // namespace ompq
