// SPDX-License-Identifier: MIT
#include "cli/comparison_text.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "ompq/core/units.h"

#include "cli/progress_bar.h"
#include "cli/table.h"

namespace ompq {
namespace {

/// "A", "B", ... "Z", "AA": what a run is called in the table of layers.
std::string letters(std::size_t index) {
  constexpr std::size_t kLetters = 26;
  const std::string last(1, static_cast<char>('A' + index % kLetters));
  return index < kLetters ? last : letters(index / kLetters - 1) + last;
}

std::optional<double> seconds_of(const RunReport& run) {
  if (!run.record || run.record->seconds.empty()) {
    return std::nullopt;
  }
  double sum = 0.0;
  for (const auto& [stage, seconds] : run.record->seconds) {
    sum += seconds;
  }
  return sum;
}

std::optional<double> top1_of(const RunReport& run) {
  return run.record && run.record->quantized_accuracy
             ? std::optional(run.record->quantized_accuracy->top1)
             : std::nullopt;
}

std::string runs_text(const ReportData& data, std::int64_t width) {
  Table table(
      {{.title = ""},
       {.title = "run", .may_shrink = true},
       {.title = "file", .is_number = true},
       {.title = "weights", .is_number = true},
       {.title = "bits per weight", .is_number = true},
       {.title = "bit ops", .is_number = true},
       {.title = "top-1 %", .is_number = true},
       {.title = "time", .is_number = true}});
  for (std::size_t i = 0; i < data.runs.size(); ++i) {
    const RunReport& run = data.runs[i];
    const RunTotals totals = run_totals(run).value();
    const auto top1 = top1_of(run);
    const auto seconds = seconds_of(run);
    table.add_row(
        {letters(i),
         run.name,
         totals.file_bytes ? format_bytes(Bytes{*totals.file_bytes}) : "-",
         format_bytes(Bytes{totals.payload_bytes}),
         fmt::format("{:.2f}", totals.average_bits),
         totals.bit_operations ? format_si(*totals.bit_operations) : "-",
         top1 ? fmt::format("{:.2f}", 100.0 * *top1) : "-",
         seconds ? format_duration(*seconds) : "-"});
  }
  return table.render(width);
}

/// The layers of each run; all have the same.
std::vector<std::vector<ReportLayer>> layers_of(const ReportData& data) {
  std::vector<std::vector<ReportLayer>> layers;
  for (const RunReport& run : data.runs) {
    layers.push_back(report_layers(run));
  }
  return layers;
}

bool is_same_width(
    const std::vector<std::vector<ReportLayer>>& runs, std::size_t layer) {
  return std::ranges::all_of(runs, [&](const auto& layers) {
    return layers[layer].plan.bits == runs.front()[layer].plan.bits;
  });
}

std::string bits_text(const LayerBits& bits) {
  return bits.activation_bits
             ? fmt::format("{}/{}", bits.weight_bits, *bits.activation_bits)
             : fmt::format("{}/float", bits.weight_bits);
}

}  // namespace

std::string comparison_text(const ReportData& data, std::int64_t width) {
  const auto runs = layers_of(data);
  std::vector<Column> columns{
      {.title = "layer", .may_shrink = true},
      {.title = "weights", .is_number = true}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    columns.push_back({.title = letters(i), .is_number = true});
  }
  Table table(std::move(columns));
  std::size_t different = 0;
  for (std::size_t i = 0; i < runs.front().size(); ++i) {
    if (is_same_width(runs, i)) {
      continue;
    }
    ++different;
    std::vector<std::string> cells{
        runs.front()[i].plan.name, format_count(runs.front()[i].plan.weights)};
    for (const auto& layers : runs) {
      cells.push_back(bits_text(layers[i].plan.bits));
    }
    table.add_row(std::move(cells));
  }
  const std::string summary = fmt::format(
      "{} of {} layers differ (bits of weights/activation)\n",
      different,
      runs.front().size());
  return runs_text(data, width) + "\n" +
         (different > 0 ? table.render(width) : "") + summary;
}

Json comparison_json(const ReportData& data) {
  Json json = Json::object();
  json["runs"] = Json::array();
  for (const RunReport& run : data.runs) {
    const RunTotals totals = run_totals(run).value();
    Json entry = Json::object();
    entry["name"] = run.name;
    entry["file_bytes"] =
        totals.file_bytes ? Json(*totals.file_bytes) : Json(nullptr);
    entry["payload_bytes"] = totals.payload_bytes;
    entry["average_bits"] = totals.average_bits;
    entry["bit_operations"] =
        totals.bit_operations ? Json(*totals.bit_operations) : Json(nullptr);
    const auto top1 = top1_of(run);
    entry["top1"] = top1 ? Json(*top1) : Json(nullptr);
    const auto seconds = seconds_of(run);
    entry["seconds"] = seconds ? Json(*seconds) : Json(nullptr);
    json["runs"].push_back(std::move(entry));
  }
  const auto runs = layers_of(data);
  json["layers"] = Json::array();
  for (std::size_t i = 0; i < runs.front().size(); ++i) {
    Json bits = Json::array();
    for (const auto& layers : runs) {
      bits.push_back(layers[i].plan.bits.weight_bits);
    }
    json["layers"].push_back(
        {{"name", runs.front()[i].plan.name}, {"weight_bits", bits}});
  }
  return json;
}

}  // namespace ompq
