// SPDX-License-Identifier: MIT
#include "ompq/core/error.h"
#include "ompq/core/nearest_name.h"
#include "ompq/plan/plan_json.h"
#include "ompq/plan/plan_json_layers.h"

namespace ompq {
namespace {

using detail::read_count;
using detail::read_optional_number;

FileSizeModel read_size_model(const JsonReader& json) {
  json.check_fields({"fixed_bytes", "bytes_per_plane"});
  return FileSizeModel{
      .fixed_bytes = read_count(json, "fixed_bytes"),
      .bytes_per_plane = read_count(json, "bytes_per_plane")};
}

PlanGain read_gain(const JsonReader& json) {
  json.check_fields({"gain", "steps"});
  PlanGain more{.gain = json.at("gain").as_number()};
  for (std::size_t i = 0; i < json.at("steps").size(); ++i) {
    const JsonReader step = json.at("steps").at(i);
    step.check_fields({"layer", "from", "to"});
    more.steps.push_back(
        {.layer = step.at("layer").as_string(),
         .from = detail::read_bits(step.at("from")),
         .to = detail::read_bits(step.at("to"))});
  }
  return more;
}

PlanBudget read_budget(const JsonReader& json) {
  json.check_fields(
      {"kind", "limit", "used", "shadow_price", "one_percent_more"});
  const std::string name = json.at("kind").as_string();
  const std::optional<BudgetKind> kind = parse_budget_kind(name);
  if (!kind) {
    std::vector<std::string> known;
    for (const BudgetKind one : kBudgetKinds) {
      known.emplace_back(to_string(one));
    }
    json.at("kind").fail_field(fmt::format(
        "unknown kind of budget '{}'{}", name, did_you_mean(name, known)));
  }
  const double limit = json.at("limit").as_number();
  if (limit <= 0.0) {
    json.at("limit").fail_field(
        fmt::format("expected a positive number, got {}", limit));
  }
  return PlanBudget{
      .budget = {.kind = *kind, .limit = limit},
      .used = read_optional_number(json, "used").value_or(0.0),
      .shadow_price = read_optional_number(json, "shadow_price"),
      .one_percent_more =
          json.has("one_percent_more")
              ? std::optional(read_gain(json.at("one_percent_more")))
              : std::nullopt};
}

PlanSolver read_solver(const JsonReader& json) {
  json.check_fields(
      {"method",
       "status",
       "objective",
       "bound",
       "gap",
       "linear_objective",
       "degenerate_coefficients"});
  return PlanSolver{
      .method = json.at("method").as_string(),
      .status = json.at("status").as_string(),
      .objective = json.at("objective").as_number(),
      .bound = json.at("bound").as_number(),
      .gap = json.at("gap").as_number(),
      .linear_objective = read_optional_number(json, "linear_objective"),
      .degenerate_coefficients = json.has("degenerate_coefficients") &&
                                 json.at("degenerate_coefficients").as_bool()};
}

Matrix read_matrix(const JsonReader& json, std::size_t layers) {
  if (json.size() != layers) {
    json.fail_field(fmt::format(
        "expected {} rows, one per layer, got {}", layers, json.size()));
  }
  const auto size = static_cast<std::int64_t>(layers);
  Matrix matrix(size, size);
  for (std::size_t i = 0; i < layers; ++i) {
    const JsonReader row = json.at(i);
    if (row.size() != layers) {
      row.fail_field(fmt::format(
          "expected {} numbers, one per layer, got {}", layers, row.size()));
    }
    for (std::size_t j = 0; j < layers; ++j) {
      matrix.elements()[i * layers + j] = row.at(j).as_number();
    }
  }
  return matrix;
}

void check_version(const JsonReader& json) {
  if (!json.json().is_object() || !json.has("format") ||
      json.at("format").json() != Json("ompq-plan")) {
    json.fail_field(
        "this is no plan of ompq: expected an object with \"format\": "
        "\"ompq-plan\"");
  }
  const std::int64_t version =
      json.at("version").as_integer(0, std::int64_t{1} << 31);
  if (version > kPlanVersion) {
    json.at("version").fail_field(fmt::format(
        "the plan has version {}, this ompq reads version {}; update ompq, or "
        "search again",
        version,
        kPlanVersion));
  }
  if (version < kPlanVersion) {
    json.at("version").fail_field(fmt::format(
        "the plan has the old version {}, this ompq reads version {}; search "
        "again to write a new one",
        version,
        kPlanVersion));
  }
}

Json read_object(const JsonReader& json, const std::string& key) {
  if (!json.has(key)) {
    return Json::object();
  }
  if (!json.at(key).json().is_object()) {
    json.at(key).fail_field("expected an object");
  }
  return json.at(key).json();
}

std::uint64_t read_seed(const JsonReader& field) {
  if (!field.json().is_number_unsigned()) {
    field.fail_field("expected an integer that is not negative");
  }
  return field.json().get<std::uint64_t>();
}

}  // namespace

Plan plan_from_json(const Json& document, const std::string& where) {
  const JsonReader json(document, where, ErrorCode::InvalidPlan);
  check_version(json);
  json.check_fields(
      {"format",
       "version",
       "model",
       "seed",
       "preprocessing",
       "settings",
       "totals",
       "size_model",
       "budgets",
       "solver",
       "layers",
       "orm"});
  json.at("model").check_fields({"file", "hash"});
  Plan plan;
  plan.model_file = json.at("model").at("file").as_string();
  plan.model_hash = json.at("model").at("hash").as_string();
  plan.seed = read_seed(json.at("seed"));
  plan.preprocessing = read_object(json, "preprocessing");
  plan.settings = read_object(json, "settings");
  plan.layers = detail::read_plan_layers(json.at("layers"));
  if (json.has("size_model")) {
    plan.size_model = read_size_model(json.at("size_model"));
  }
  if (json.has("budgets")) {
    for (std::size_t i = 0; i < json.at("budgets").size(); ++i) {
      plan.budgets.push_back(read_budget(json.at("budgets").at(i)));
    }
  }
  if (json.has("solver")) {
    plan.solver = read_solver(json.at("solver"));
  }
  if (json.has("orm")) {
    plan.orm = read_matrix(json.at("orm"), plan.layers.size());
  }
  const PlanTotals totals = plan_totals(plan);
  for (PlanBudget& budget : plan.budgets) {
    budget.used = used_of(budget.budget.kind, totals).value_or(budget.used);
  }
  return plan;
}

}  // namespace ompq
