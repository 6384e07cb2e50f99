// SPDX-License-Identifier: MIT
#include "ompq/report/report_json.h"

#include "ompq/report/packed_matrix.h"
#include "ompq/version.h"

namespace ompq {
namespace {

template <typename T>
void add(Json& json, const char* key, const std::optional<T>& value) {
  if (value) {
    json[key] = *value;
  }
}

/// Pairs as a list: the page keeps their order, and any name is a name.
Json pairs_json(const auto& pairs) {
  Json list = Json::array();
  for (const auto& [name, value] : pairs) {
    list.push_back({name, value});
  }
  return list;
}

Json accuracy_json(const RecordedAccuracy& accuracy) {
  Json json = {{"top1", accuracy.top1}, {"images", accuracy.images}};
  add(json, "top5", accuracy.top5);
  return json;
}

Json layer_json(const ReportLayer& layer) {
  const PlanLayer& plan = layer.plan;
  Json json = {
      {"name", plan.name},
      {"kind", layer.kind},
      {"weights", plan.weights},
      {"bits", plan.bits.weight_bits}};
  add(json, "act", plan.bits.activation_bits);
  if (plan.macs > 0) {
    json["macs"] = plan.macs;
  }
  add(json, "gamma", plan.gamma);
  if (plan.gamma_interval) {
    json["gamma_low"] = plan.gamma_interval->low;
    json["gamma_high"] = plan.gamma_interval->high;
  }
  add(json, "theta", plan.theta);
  add(json, "coefficient", plan.coefficient);
  add(json, "error", layer.error);
  add(json, "before", layer.sqnr_before_db);
  add(json, "after", layer.sqnr_after_db);
  return json;
}

void add_plan(Json& json, const Plan& plan) {
  json["plan_settings"] = pairs_json(named_texts(plan.settings));
  for (const PlanBudget& budget : plan.budgets) {
    Json entry = {
        {"kind", to_string(budget.budget.kind)},
        {"limit", budget.budget.limit},
        {"used", budget.used}};
    add(entry, "price", budget.shadow_price);
    json["budgets"].push_back(std::move(entry));
  }
  if (plan.solver) {
    json["solver"] = {
        {"method", plan.solver->method},
        {"status", plan.solver->status},
        {"objective", plan.solver->objective},
        {"bound", plan.solver->bound},
        {"gap", plan.solver->gap}};
  }
  if (plan.orm.rows() > 0) {
    json["orm"] = pack_shares(plan.orm);
  }
}

Json unit_json(const RecordedUnit& unit) {
  return {
      {"name", unit.name},
      {"before", unit.sqnr_before_db},
      {"after", unit.sqnr_after_db},
      {"iterations", unit.iterations},
      {"seconds", unit.seconds},
      {"losses", unit.losses}};
}

void add_record(Json& json, const RunRecord& record) {
  json["command"] = record.command;
  json["date"] = record.date;
  json["profile"] = record.profile;
  json["versions"] = pairs_json(record.versions);
  json["machine"] = pairs_json(record.machine);
  json["settings"] = pairs_json(record.settings);
  json["seconds"] = pairs_json(record.seconds);
  if (record.seed) {
    // As text: 64 bits are more than the page's numbers hold.
    json["seed"] = std::to_string(*record.seed);
  }
  add(json, "threads", record.threads);
  add(json, "examples", record.calibration_examples);
  add(json, "peak_memory_bytes", record.peak_memory_bytes);
  if (record.float_accuracy) {
    json["float"] = accuracy_json(*record.float_accuracy);
  }
  if (record.quantized_accuracy) {
    json["quantized"] = accuracy_json(*record.quantized_accuracy);
  }
  for (const RecordedUnit& unit : record.units) {
    json["units"].push_back(unit_json(unit));
  }
}

Json run_json(const RunReport& run) {
  Json json = Json::object();
  json["name"] = run.name;
  json["model"] = {{"file", model_file(run)}, {"hash", model_hash(run)}};
  json["layers"] = Json::array();
  for (const ReportLayer& layer : report_layers(run)) {
    json["layers"].push_back(layer_json(layer));
  }
  if (const std::optional<RunTotals> totals = run_totals(run)) {
    Json& entry = json["totals"] = Json::object();
    entry["weights"] = totals->weights;
    entry["average_bits"] = totals->average_bits;
    entry["payload_bytes"] = totals->payload_bytes;
    add(entry, "file_bytes", totals->file_bytes);
    entry["is_file_measured"] = totals->is_file_measured;
    add(entry, "bit_operations", totals->bit_operations);
  }
  if (run.plan) {
    add_plan(json, *run.plan);
  }
  if (run.record) {
    add_record(json, *run.record);
  }
  if (const std::optional<TrainingHistory>& history = training_of(run)) {
    Json& training = json["training"] = Json::object();
    training["unit"] = history->unit;
    training["curves"] = Json::array();
    for (const TrainingCurve& curve : history->curves) {
      training["curves"].push_back(
          {{"name", curve.name}, {"points", curve.points}});
    }
  }
  return json;
}

Json front_json(const FrontData& front) {
  Json json = {
      {"model", {{"file", front.model_file}, {"hash", front.model_hash}}},
      {"budget", front.budget},
      {"layers", front.layers},
      {"picked", front.picked}};
  for (const FrontPoint& point : front.points) {
    Json entry = {
        {"limit", point.limit},
        {"file_bytes", point.file_bytes},
        {"payload_bytes", point.payload_bytes},
        {"average_bits", point.average_bits},
        {"objective", point.objective},
        {"gap", point.gap},
        {"bits", point.weight_bits}};
    add(entry, "loss", point.predicted_loss);
    json["points"].push_back(std::move(entry));
  }
  return json;
}

Json study_rows_json(const std::vector<RecordedRow>& rows) {
  Json list = Json::array();
  for (const RecordedRow& row : rows) {
    Json cells = Json::array();
    for (const RecordedCell& cell : row.cells) {
      Json entry = {{"top1", cell.top1}, {"divergence", cell.divergence}};
      if (cell.correlation) {
        entry["order"] = {
            cell.correlation->value,
            cell.correlation->low,
            cell.correlation->high};
      }
      cells.push_back(std::move(entry));
    }
    list.push_back({{"name", row.name}, {"cells", std::move(cells)}});
  }
  return list;
}

Json study_json(const StudyData& study) {
  Json json = {
      {"model", {{"file", study.model_file}, {"hash", study.model_hash}}},
      {"float_top1", study.float_top1},
      {"images", study.evaluation_images},
      {"examples", study.calibration_images},
      {"scores", study_rows_json(study.scores)},
      {"ablations", study_rows_json(study.ablations)}};
  json["budgets"] = Json::array();
  for (const RecordedBudget& budget : study.budgets) {
    json["budgets"].push_back(
        {{"average_bits", budget.average_bits},
         {"random_top1", budget.random_top1}});
  }
  return json;
}

}  // namespace

Json to_json(const ReportData& data) {
  Json json = Json::object();
  json["version"] = kVersion;
  json["runs"] = Json::array();
  for (const RunReport& run : data.runs) {
    json["runs"].push_back(run_json(run));
  }
  if (data.front) {
    json["front"] = front_json(*data.front);
  }
  if (data.study) {
    json["study"] = study_json(*data.study);
  }
  json["notices"] = data.notices;
  return json;
}

}  // namespace ompq
