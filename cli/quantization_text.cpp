// SPDX-License-Identifier: MIT
#include "cli/quantization_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ompq/core/units.h"

#include "cli/help_text.h"
#include "cli/progress_bar.h"
#include "cli/table.h"
#include "cli/training_text.h"

namespace ompq {
namespace {

constexpr std::size_t kWeakestLayers = 5;

/// "12.3", or "exact" where nothing was lost.
std::string decibel_text(double sqnr_db) {
  return std::isfinite(sqnr_db) ? fmt::format("{:.1f}", sqnr_db) : "exact";
}

std::string unit_rows(const QuantizationRecord& record, std::int64_t width) {
  Table table(
      {{.title = "unit", .may_shrink = true},
       {.title = "layers", .is_number = true},
       {.title = "SQNR dB before", .is_number = true},
       {.title = "after", .is_number = true},
       {.title = "steps", .is_number = true},
       {.title = "time", .is_number = true}});
  std::size_t layers = 0;
  std::int64_t steps = 0;
  double seconds = 0.0;
  for (const UnitReport& unit : record.units) {
    table.add_row(
        {unit.name,
         fmt::to_string(unit.layers),
         decibel_text(unit.sqnr_before_db),
         decibel_text(unit.sqnr_after_db),
         fmt::to_string(unit.iterations),
         format_duration(unit.seconds)});
    layers += unit.layers;
    steps += unit.iterations;
    seconds += unit.seconds;
  }
  table.set_totals(
      {fmt::format("{} units", record.units.size()),
       fmt::to_string(layers),
       "",
       "",
       fmt::to_string(steps),
       format_duration(seconds)});
  return table.render(width);
}

const PlanLayer* find_layer(const Plan& plan, const std::string& name) {
  const auto found = std::ranges::find(plan.layers, name, &PlanLayer::name);
  return found == plan.layers.end() ? nullptr : &*found;
}

/// The layers with the lowest SQNR.
std::string weakest_rows(const QuantizationRecord& record, std::int64_t width) {
  std::vector<LayerReport> layers = record.layers;
  std::ranges::stable_sort(layers, {}, &LayerReport::sqnr_db);
  layers.resize(std::min(layers.size(), kWeakestLayers));
  if (layers.empty()) {
    return "";
  }
  Table table(
      {{.title = "where accuracy goes", .may_shrink = true},
       {.title = "weights", .is_number = true},
       {.title = "bits", .is_number = true},
       {.title = "act", .is_number = true},
       {.title = "SQNR dB", .is_number = true}});
  for (const LayerReport& report : layers) {
    const PlanLayer* layer = find_layer(record.plan, report.name);
    const LayerBits bits = layer != nullptr ? layer->bits : LayerBits{};
    table.add_row(
        {report.name,
         layer != nullptr ? format_count(layer->weights) : "",
         fmt::to_string(bits.weight_bits),
         bits.activation_bits ? fmt::to_string(*bits.activation_bits) : "float",
         decibel_text(report.sqnr_db)});
  }
  return table.render(width) + "\n";
}

std::string size_line(const QuantizationRecord& record) {
  const PlanTotals totals = plan_totals(record.plan);
  return fmt::format(
      "size: weights of {:.2f} bits on average, {} in all; model.onnx {} ({} "
      "bytes), profile {}, read back and compared",
      totals.average_bits,
      format_bytes(Bytes{totals.payload_bytes}),
      format_bytes(record.exported.file_size),
      format_count(record.exported.file_size.count),
      enum_name(record.exported.profile));
}

std::string accuracy_line(const QuantizationRecord& record) {
  if (!record.float_accuracy || !record.quantized_accuracy) {
    return "accuracy: not measured; give --eval, or use ompq eval";
  }
  const double before = 100.0 * record.float_accuracy->top1;
  const double after = 100.0 * record.quantized_accuracy->top1;
  return fmt::format(
      "top-1: float {:.2f} %, quantized {:.2f} % ({:+.2f} points; {} images)",
      before,
      after,
      after - before,
      format_count(record.quantized_accuracy->images));
}

std::string time_line(const QuantizationRecord& record) {
  std::string line = "time:";
  for (const auto& [stage, seconds] : record.seconds) {
    line += fmt::format(" {} {},", stage, format_duration(seconds));
  }
  if (record.resumed_units > 0) {
    line += fmt::format(" {} units from the checkpoint,", record.resumed_units);
  }
  return line + fmt::format(" memory {}", format_bytes(record.peak_memory));
}

}  // namespace

std::string to_text(
    const QuantizationRecord& record,
    const std::filesystem::path& folder,
    std::int64_t width) {
  const bool is_trained = !record.training.is_null();
  std::string text = (is_trained ? training_rows(record.training, width)
                                 : unit_rows(record, width)) +
                     "\n";
  text += weakest_rows(record, width);
  for (const std::string& line :
       {size_line(record), accuracy_line(record), time_line(record)}) {
    text += wrap(line, width - 2, 2) + "\n";
  }
  return text +
         wrap(
             fmt::format(
                 "written to {}: model.onnx, plan.json, record.json{}",
                 folder.string(),
                 is_trained ? ", history.json, epochs.csv, steps.csv" : ""),
             width - 2,
             2) +
         "\n";
}

}  // namespace ompq
