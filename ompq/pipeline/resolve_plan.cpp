// SPDX-License-Identifier: MIT
#include "ompq/pipeline/resolve_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "ompq/core/error.h"
#include "ompq/core/option_table.h"
#include "ompq/orthogonality/importance.h"
#include "ompq/pipeline/allocate_widths.h"

namespace ompq {
namespace {

/// Settings that describe the measurement, not what is made of it.
constexpr std::array<std::string_view, 5> kMeasured{
    "samples", "error", "orm", "features", "bootstrap"};

std::optional<Orthogonality> orthogonality_of(const Plan& plan) {
  const auto count = static_cast<std::int64_t>(plan.layers.size());
  if (plan.orm.rows() != count || plan.orm.columns() != count || count == 0) {
    return std::nullopt;
  }
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

Json settings_of(SearchOptions options) {
  Json settings = Json::object();
  OptionTable table;
  options.describe(table);
  for (const OptionRecord& record : table.records()) {
    settings[record.name] = record.text();
  }
  return settings;
}

}  // namespace

LayerMeasurement measurement_of(const Plan& plan) {
  LayerMeasurement result{.orthogonality = orthogonality_of(plan)};
  if (plan.settings.contains("error")) {
    const JsonReader settings(
        plan.settings, "plan: settings", ErrorCode::InvalidPlan);
    const std::string name = settings.at("error").as_string();
    try {
      result.error_kind = parse_enum<ErrorKind>(name);
    } catch (const Error& error) {
      settings.at("error").fail_field(error.what());
    }
    for (const PlanLayer& layer : plan.layers) {
      result.errors.push_back(layer.error_per_width);
    }
    const bool tells = std::ranges::any_of(plan.layers, [](const auto& layer) {
      return !layer.activation_error_per_width.empty();
    });
    for (std::size_t i = 0; tells && i < plan.layers.size(); ++i) {
      result.activation_errors.push_back(
          plan.layers[i].activation_error_per_width);
    }
  }
  return result;
}

Json reused_settings(const Plan& measured, const SearchOptions& options) {
  Json settings = settings_of(options);
  for (const std::string_view key : kMeasured) {
    if (measured.settings.contains(key)) {
      settings[std::string(key)] = measured.settings[std::string(key)];
    }
  }
  return settings;
}

SearchOptions with_score_of(const Plan& measured, SearchOptions options) {
  if (options.score != Score::Auto) {
    return options;
  }
  const auto named = measured.settings.find("score");
  for (const auto& [name, score] : EnumNames<Score>::kNames) {
    if (named != measured.settings.end() && *named == std::string(name) &&
        score != Score::Auto) {
      options.score = score;
      return options;
    }
  }
  const LayerMeasurement known = measurement_of(measured);
  OMPQ_CHECK(
      known.error_kind || known.orthogonality,
      ErrorCode::InvalidPlan,
      "[search] the plan holds nothing that was measured; search again with "
      "--calib, or take a --score that needs nothing, such as size");
  options.score = known.error_kind ? score_of(*known.error_kind) : Score::Ompq;
  return options;
}

Plan resolve_plan(
    const PreparedModel& model,
    const Plan& measured,
    const SearchOptions& search_options) {
  const SearchOptions options = with_score_of(measured, search_options);
  check_search_options(model, options);
  check_plan_fits(measured, model.layers.layers, model.model_hash);
  Plan plan = allocate_widths(model, measurement_of(measured), options);
  if (options.score != Score::Random) {
    plan.seed = measured.seed;
  }
  plan.preprocessing = measured.preprocessing;
  plan.settings = reused_settings(measured, options);
  return plan;
}

Plan plan_without_images(
    const PreparedModel& model, const SearchOptions& options) {
  check_search_options(model, options);
  Plan plan = allocate_widths(model, {}, options);
  plan.settings = settings_of(options);
  return plan;
}

}  // namespace ompq
