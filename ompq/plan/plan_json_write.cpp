// SPDX-License-Identifier: MIT
#include <cmath>

#include "ompq/core/error.h"
#include "ompq/plan/plan_json.h"

namespace ompq {
namespace {

double finite(double number, const char* field) {
  OMPQ_CHECK(
      std::isfinite(number),
      ErrorCode::Degenerate,
      "[plan] {}: expected a finite number, got {}",
      field,
      number);
  return number;
}

void add(Json& json, const char* key, const std::optional<double>& number) {
  if (number) {
    json[key] = finite(*number, key);
  }
}

Json activation_to_json(const std::optional<int>& bits) {
  return bits ? Json(*bits) : Json("float");
}

Json layer_to_json(const PlanLayer& layer) {
  Json json;
  json["name"] = layer.name;
  json["kind"] = to_string(layer.kind);
  json["weights"] = layer.weights;
  json["output_channels"] = layer.output_channels;
  json["macs"] = layer.macs;
  json["weight_bits"] = layer.bits.weight_bits;
  json["activation_bits"] = activation_to_json(layer.bits.activation_bits);
  add(json, "gamma", layer.gamma);
  if (layer.gamma_interval) {
    json["gamma_interval"] = {
        finite(layer.gamma_interval->low, "gamma_interval"),
        finite(layer.gamma_interval->high, "gamma_interval")};
  }
  add(json, "theta", layer.theta);
  add(json, "coefficient", layer.coefficient);
  for (const auto& [bits, error] : layer.error_per_width) {
    json["error_per_width"][std::to_string(bits)] =
        finite(error, "error_per_width");
  }
  for (const auto& [bits, error] : layer.activation_error_per_width) {
    json["activation_error_per_width"][std::to_string(bits)] =
        finite(error, "activation_error_per_width");
  }
  return json;
}

Json totals_to_json(const PlanTotals& totals) {
  Json json;
  json["weights"] = totals.weights;
  json["payload_bits"] = totals.payload_bits;
  json["payload_bytes"] = totals.payload_bytes;
  json["average_bits"] = totals.average_bits;
  json["paper_bits"] = totals.paper_bits;
  json["bit_operations"] = totals.bit_operations;
  json["file_bytes"] = totals.file_bytes;
  return json;
}

Json size_model_to_json(const FileSizeModel& model) {
  Json json;
  json["fixed_bytes"] = model.fixed_bytes;
  json["bytes_per_plane"] = model.bytes_per_plane;
  return json;
}

Json bits_to_json(const LayerBits& bits) {
  return {
      {"weight_bits", bits.weight_bits},
      {"activation_bits", activation_to_json(bits.activation_bits)}};
}

Json gain_to_json(const PlanGain& more) {
  Json json;
  json["gain"] = finite(more.gain, "gain");
  json["steps"] = Json::array();
  for (const PlanStep& step : more.steps) {
    json["steps"].push_back(
        {{"layer", step.layer},
         {"from", bits_to_json(step.from)},
         {"to", bits_to_json(step.to)}});
  }
  return json;
}

Json budgets_to_json(const Plan& plan, const PlanTotals& totals) {
  Json json = Json::array();
  for (const PlanBudget& budget : plan.budgets) {
    Json entry;
    entry["kind"] = to_string(budget.budget.kind);
    entry["limit"] = finite(budget.budget.limit, "limit");
    entry["used"] = finite(
        used_of(budget.budget.kind, totals).value_or(budget.used), "used");
    add(entry, "shadow_price", budget.shadow_price);
    if (budget.one_percent_more) {
      entry["one_percent_more"] = gain_to_json(*budget.one_percent_more);
    }
    json.push_back(std::move(entry));
  }
  return json;
}

Json solver_to_json(const PlanSolver& solver) {
  Json json;
  json["method"] = solver.method;
  json["status"] = solver.status;
  json["objective"] = finite(solver.objective, "objective");
  json["bound"] = finite(solver.bound, "bound");
  json["gap"] = finite(solver.gap, "gap");
  add(json, "linear_objective", solver.linear_objective);
  json["degenerate_coefficients"] = solver.degenerate_coefficients;
  return json;
}

Json matrix_to_json(const Matrix& matrix) {
  Json rows = Json::array();
  for (std::int64_t i = 0; i < matrix.rows(); ++i) {
    Json row = Json::array();
    for (std::int64_t j = 0; j < matrix.columns(); ++j) {
      row.push_back(finite(matrix(i, j), "orm"));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string scalar(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// JSON on one line, with a space after each comma and colon.
std::string on_one_line(const Json& json) {
  if (!json.is_structured()) {
    return scalar(json);
  }
  std::string text;
  for (auto item = json.begin(); item != json.end(); ++item) {
    text += text.empty() ? "" : ", ";
    if (json.is_object()) {
      text += scalar(Json(item.key())) + ": ";
    }
    text += on_one_line(*item);
  }
  return json.is_object() ? "{" + text + "}" : "[" + text + "]";
}

/// An array or object with one element per line, inside one level of indent.
std::string one_per_line(const Json& json) {
  if (!json.is_structured() || json.empty()) {
    return on_one_line(json);
  }
  std::string text;
  for (auto item = json.begin(); item != json.end(); ++item) {
    text += text.empty() ? "\n    " : ",\n    ";
    if (json.is_object()) {
      text += scalar(Json(item.key())) + ": ";
    }
    text += on_one_line(*item);
  }
  return (json.is_object() ? "{" : "[") + text + "\n  " +
         (json.is_object() ? "}" : "]");
}

}  // namespace

Json plan_to_json(const Plan& plan) {
  const PlanTotals totals = plan_totals(plan);
  Json json;
  json["format"] = "ompq-plan";
  json["version"] = kPlanVersion;
  json["model"] = {{"file", plan.model_file}, {"hash", plan.model_hash}};
  json["seed"] = plan.seed;
  json["preprocessing"] = plan.preprocessing;
  json["settings"] = plan.settings;
  json["totals"] = totals_to_json(totals);
  json["size_model"] = size_model_to_json(plan.size_model);
  json["budgets"] = budgets_to_json(plan, totals);
  if (plan.solver) {
    json["solver"] = solver_to_json(*plan.solver);
  }
  json["layers"] = Json::array();
  for (const PlanLayer& layer : plan.layers) {
    json["layers"].push_back(layer_to_json(layer));
  }
  if (plan.orm.rows() > 0) {
    json["orm"] = matrix_to_json(plan.orm);
  }
  return json;
}

std::string plan_to_text(const Plan& plan) {
  const Json json = plan_to_json(plan);
  std::string text;
  for (auto item = json.begin(); item != json.end(); ++item) {
    text += (text.empty() ? "{\n  " : ",\n  ") + scalar(Json(item.key())) +
            ": " + one_per_line(*item);
  }
  return text + "\n}\n";
}

}  // namespace ompq
