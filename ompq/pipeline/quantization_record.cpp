// SPDX-License-Identifier: MIT
#include "ompq/pipeline/quantization_record.h"

#include <map>

namespace ompq {
namespace {

Json evaluation_json(const Evaluation& evaluation) {
  return {
      {"images", evaluation.images},
      {"skipped", evaluation.skipped},
      {"top1", evaluation.top1},
      {"top5", evaluation.top5},
      {"seconds", evaluation.seconds}};
}

Json totals_json(const QuantizationRecord& record) {
  const PlanTotals totals = plan_totals(record.plan);
  return {
      {"weights", totals.weights},
      {"average_bits", totals.average_bits},
      {"payload_bytes", totals.payload_bytes},
      {"bit_operations", totals.bit_operations},
      {"file_bytes", record.exported.file_size.count}};
}

Json units_json(const std::vector<UnitReport>& units) {
  Json list = Json::array();
  for (const UnitReport& unit : units) {
    Json losses = Json::array();
    for (const LossPoint& point : unit.losses) {
      losses.push_back({point.step, point.loss});
    }
    list.push_back(
        {{"name", unit.name},
         {"layers", unit.layers},
         {"sqnr_before_db", unit.sqnr_before_db},
         {"sqnr_after_db", unit.sqnr_after_db},
         {"iterations", unit.iterations},
         {"seconds", unit.seconds},
         {"losses", std::move(losses)}});
  }
  return list;
}

Json layers_json(const QuantizationRecord& record) {
  std::map<std::string, LayerReport> reports;
  for (const LayerReport& report : record.layers) {
    reports[report.name] = report;
  }
  Json list = Json::array();
  for (const PlanLayer& layer : record.plan.layers) {
    Json row = {
        {"name", layer.name},
        {"kind", to_string(layer.kind)},
        {"weights", layer.weights},
        {"weight_bits", layer.bits.weight_bits},
        {"activation_bits", nullptr},
        {"sqnr_before_db", nullptr},
        {"sqnr_db", nullptr}};
    if (layer.bits.activation_bits) {
      row["activation_bits"] = *layer.bits.activation_bits;
    }
    if (const auto found = reports.find(layer.name); found != reports.end()) {
      row["sqnr_before_db"] = found->second.sqnr_before_db;
      row["sqnr_db"] = found->second.sqnr_db;
    }
    list.push_back(std::move(row));
  }
  return list;
}

Json pairs_json(const auto& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) {
    object[name] = value;
  }
  return object;
}

}  // namespace

Json to_json(const QuantizationRecord& record) {
  Json json = Json::object();
  json["format"] = kRecordFormat;
  json["versions"] = pairs_json(record.versions);
  json["command"] = record.command;
  json["machine"] = to_json(record.machine);
  json["date"] = record.date;
  json["model"] = {
      {"file", record.plan.model_file}, {"hash", record.plan.model_hash}};
  json["seed"] = record.seed;
  json["threads"] = record.threads;
  if (record.float_accuracy) {
    json["float_top1"] = record.float_accuracy->top1;
    json["float"] = evaluation_json(*record.float_accuracy);
  }
  if (record.quantized_accuracy) {
    json["quantized_top1"] = record.quantized_accuracy->top1;
    json["quantized"] = evaluation_json(*record.quantized_accuracy);
  }
  json["totals"] = totals_json(record);
  json["export"] = to_json(record.exported);
  json["units"] = units_json(record.units);
  json["layers"] = layers_json(record);
  json["preprocessing"] = to_json(record.preprocessing);
  json["calibration"] = {
      {"examples", record.calibration_examples},
      {"preprocessing", to_json(record.calibration_preprocessing)}};
  json["settings"] = record.settings;
  if (!record.training.is_null()) {
    json["training"] = record.training;
  }
  json["resumed_units"] = record.resumed_units;
  json["seconds"] = pairs_json(record.seconds);
  json["peak_memory_bytes"] = record.peak_memory.count;
  return json;
}

}  // namespace ompq
