// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/quantize_unit.h"

#include <map>
#include <utility>

#include "ompq/reconstruction/loss_curve.h"
#include "ompq/reconstruction/one_shot.h"
#include "ompq/reconstruction/unit_conversion.h"

namespace ompq {

UnitChange improve_unit(
    UnitProblem& unit,
    const Frontier& frontier,
    const UnitSettings& settings,
    const OptimizerInput& input,
    Observer& observer) {
  UnitChange change;
  change.before = measure_unit(unit, frontier, settings.groups_per_run);
  change.after = change.before;
  if (input.iterations == 0 || unit.layers.empty()) {
    return change;
  }
  const UnitResult start = to_result(unit);
  LossCurve curve(input.iterations);
  OptimizerInput watched = input;
  watched.after_gradients = [&](const GradientStep& step) {
    curve.add(step.loss);
    if (input.after_gradients) {
      input.after_gradients(step);
    }
  };
  optimize_unit(unit, frontier, settings.options, watched, observer);
  change.losses = curve.points();
  const UnitMeasurement optimized =
      measure_unit(unit, frontier, settings.groups_per_run);
  // With weighted channels the plain error says little.
  const bool is_weighted = !unit.channel_weights.empty();
  if (is_weighted || optimized.sqnr_db > change.before.sqnr_db) {
    change.after = optimized;
  } else {
    restore(unit, start);
  }
  return change;
}

std::vector<LayerReport> with_earlier(
    std::vector<LayerReport> layers, const std::vector<LayerReport>& before) {
  std::map<std::string, double> earlier;
  for (const LayerReport& layer : before) {
    earlier[layer.name] = layer.sqnr_before_db;
  }
  for (LayerReport& layer : layers) {
    if (const auto found = earlier.find(layer.name); found != earlier.end()) {
      layer.sqnr_before_db = found->second;
    }
  }
  return layers;
}

UnitResult quantize_unit(
    UnitProblem& unit,
    const std::string& name,
    const Frontier& frontier,
    const UnitSettings& settings,
    std::int64_t done,
    Observer& observer) {
  const UnitMeasurement before =
      measure_unit(unit, frontier, settings.groups_per_run);
  round_one_shot(
      unit,
      frontier,
      settings.options,
      settings.effort,
      settings.groups_per_run);
  UnitChange change = improve_unit(
      unit,
      frontier,
      settings,
      {.iterations = settings.effort.iterations,
       .after_step = [&] { observer.advance(++done); }},
      observer);
  UnitResult result = to_result(unit);
  result.report = {
      .name = name,
      .layers = unit.layers.size(),
      .sqnr_before_db = before.sqnr_db,
      .sqnr_after_db = change.after.sqnr_db,
      .iterations = unit.layers.empty() ? 0 : settings.effort.iterations,
      .losses = std::move(change.losses)};
  result.layer_reports =
      with_earlier(std::move(change.after.layers), before.layers);
  return result;
}

}  // namespace ompq
