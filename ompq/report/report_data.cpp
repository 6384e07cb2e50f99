// SPDX-License-Identifier: MIT
#include "ompq/report/report_data.h"

#include <map>

namespace ompq {
namespace {

ReportLayer from_plan(const PlanLayer& layer) {
  ReportLayer shown{.plan = layer, .kind = std::string(to_string(layer.kind))};
  const auto found = layer.error_per_width.find(layer.bits.weight_bits);
  if (found != layer.error_per_width.end()) {
    shown.error = found->second;
  }
  return shown;
}

ReportLayer from_record(const RecordedLayer& layer) {
  return {
      .plan =
          {.name = layer.name, .weights = layer.weights, .bits = layer.bits},
      .kind = layer.kind};
}

bool has_layers(const RunReport& run) {
  return (run.plan && !run.plan->layers.empty()) ||
         (run.record && !run.record->layers.empty());
}

}  // namespace

const std::string& model_file(const RunReport& run) {
  static const std::string unknown;
  if (run.plan) {
    return run.plan->model_file;
  }
  return run.record ? run.record->model_file : unknown;
}

const std::string& model_hash(const RunReport& run) {
  static const std::string unknown;
  if (run.plan) {
    return run.plan->model_hash;
  }
  return run.record ? run.record->model_hash : unknown;
}

std::vector<ReportLayer> report_layers(const RunReport& run) {
  std::vector<ReportLayer> layers;
  if (run.plan) {
    for (const PlanLayer& layer : run.plan->layers) {
      layers.push_back(from_plan(layer));
    }
  } else if (run.record) {
    for (const RecordedLayer& layer : run.record->layers) {
      layers.push_back(from_record(layer));
    }
  }
  if (!run.record) {
    return layers;
  }
  std::map<std::string, const RecordedLayer*> recorded;
  for (const RecordedLayer& layer : run.record->layers) {
    recorded[layer.name] = &layer;
  }
  for (ReportLayer& layer : layers) {
    const auto found = recorded.find(layer.plan.name);
    if (found != recorded.end()) {
      layer.sqnr_before_db = found->second->sqnr_before_db;
      layer.sqnr_after_db = found->second->sqnr_after_db;
    }
  }
  return layers;
}

const std::optional<TrainingHistory>& training_of(const RunReport& run) {
  return run.training || !run.record ? run.training : run.record->training;
}

std::optional<RunTotals> run_totals(const RunReport& run) {
  if (!has_layers(run)) {
    return std::nullopt;
  }
  LayerTable table;
  BitPlan bits;
  bool knows_macs = true;
  for (const ReportLayer& layer : report_layers(run)) {
    table.push_back(
        {.name = layer.plan.name,
         .weights = layer.plan.weights,
         .output_channels = layer.plan.output_channels,
         .macs = layer.plan.macs});
    bits.layers.push_back(layer.plan.bits);
    knows_macs = knows_macs && layer.plan.macs > 0;
  }
  const PlanTotals totals = plan_totals(
      table, bits, run.plan ? run.plan->size_model : FileSizeModel{});
  RunTotals result{
      .weights = totals.weights,
      .average_bits = totals.average_bits,
      .payload_bytes = totals.payload_bytes};
  if (knows_macs) {
    result.bit_operations = totals.bit_operations;
  }
  if (run.record && run.record->file_bytes) {
    result.file_bytes = run.record->file_bytes;
    result.is_file_measured = true;
  } else if (run.plan && run.plan->size_model != FileSizeModel{}) {
    result.file_bytes = totals.file_bytes;
  }
  return result;
}

}  // namespace ompq
