// SPDX-License-Identifier: MIT
#include "ompq/pipeline/resolve_plan.h"

#include <array>
#include <string_view>

#include "ompq/core/error.h"
#include "ompq/core/option_table.h"
#include "ompq/orthogonality/importance.h"
#include "ompq/pipeline/allocate_widths.h"

namespace ompq {
namespace {

/// Settings that describe the measurement, not what is made of it.
constexpr std::array<std::string_view, 4> kMeasured{
    "samples", "orm", "features", "bootstrap"};

Orthogonality orthogonality_of(const Plan& plan) {
  const auto count = static_cast<std::int64_t>(plan.layers.size());
  OMPQ_CHECK(
      plan.orm.rows() == count && plan.orm.columns() == count && count > 0,
      ErrorCode::InvalidPlan,
      "[search] {}: the plan holds no orthogonality matrix to use again",
      plan.model_file);
  Orthogonality result;
  result.orm = plan.orm;
  result.gamma = orthogonality_gamma(plan.orm);
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const PlanLayer& layer = plan.layers[i];
    if (layer.gamma_interval) {
      result.intervals.push_back(
          {.gamma = result.gamma[i],
           .low = layer.gamma_interval->low,
           .high = layer.gamma_interval->high});
    }
  }
  if (result.intervals.size() != plan.layers.size()) {
    result.intervals.clear();
  }
  return result;
}

Json settings_of(const Plan& measured, SearchOptions options) {
  Json settings = Json::object();
  OptionTable table;
  options.describe(table);
  for (const OptionRecord& record : table.records()) {
    settings[record.name] = record.text();
  }
  for (const std::string_view key : kMeasured) {
    if (measured.settings.contains(key)) {
      settings[std::string(key)] = measured.settings[std::string(key)];
    }
  }
  return settings;
}

}  // namespace

Plan resolve_plan(
    const PreparedModel& model,
    const Plan& measured,
    const SearchOptions& options) {
  check_search_options(model, options);
  check_plan_fits(measured, model.layers.layers, model.model_hash);
  Plan plan = allocate_widths(model, orthogonality_of(measured), options);
  plan.seed = measured.seed;
  plan.preprocessing = measured.preprocessing;
  plan.settings = settings_of(measured, options);
  return plan;
}

}  // namespace ompq
