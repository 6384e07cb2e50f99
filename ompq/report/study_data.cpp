// SPDX-License-Identifier: MIT
#include "ompq/report/study_data.h"

#include "ompq/report/section_reader.h"

namespace ompq {
namespace {

constexpr int kNewestStudy = 1;

RecordedCell read_cell(const JsonReader& json) {
  RecordedCell cell{
      .top1 = json.at("top1").as_number(),
      .divergence = json.at("divergence").as_number()};
  if (json.has("correlation")) {
    const JsonReader correlation = json.at("correlation");
    cell.correlation = {
        .value = correlation.at("spearman").as_number(),
        .low = correlation.at("spearman_low").as_number(),
        .high = correlation.at("spearman_high").as_number()};
  }
  return cell;
}

std::vector<RecordedRow> read_rows(
    const JsonReader& json, std::size_t budgets) {
  return read_list(json, [&](const JsonReader& row) {
    const JsonReader cells = row.at("budgets");
    RecordedRow result{
        .name = row.at("name").as_string(),
        .cells = read_list(cells, read_cell)};
    if (result.cells.size() != budgets) {
      cells.fail_field(fmt::format(
          "expected {} entries, one for each budget, got {}",
          budgets,
          result.cells.size()));
    }
    return result;
  });
}

RecordedBudget read_budget(const JsonReader& json) {
  return {
      .average_bits = json.at("average_bits").as_number(),
      .random_top1 = read_list(
          json.at("random_top1"),
          [](const JsonReader& number) { return number.as_number(); })};
}

}  // namespace

StudyData read_study(const Json& document, const std::string& where) {
  const JsonReader json(document, where, ErrorCode::InvalidFile);
  static_cast<void>(json.at("version").as_integer(1, kNewestStudy));
  StudyData study{
      .model_file = json.at("model").as_string(),
      .model_hash = json.at("model_hash").as_string(),
      .float_top1 = json.at("float_top1").as_number(),
      .evaluation_images = read_count(json.at("evaluation_images")),
      .calibration_images = read_count(json.at("calibration_images")),
      .budgets = read_list(json.at("budgets"), read_budget)};
  study.scores = read_rows(json.at("scores"), study.budgets.size());
  if (json.has("ablations")) {
    study.ablations = read_rows(json.at("ablations"), study.budgets.size());
  }
  return study;
}

}  // namespace ompq
