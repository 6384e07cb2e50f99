// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/reconstruction/effort.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/reconstruction/unit_measurement.h"
#include "ompq/reconstruction/unit_optimizer.h"
#include "ompq/reconstruction/unit_problem.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// What every unit of a run is quantized with.
struct UnitSettings {
  const ReconstructionOptions& options;
  EffortSettings effort;
  /// Groups of the frontier that run at once.
  std::int64_t groups_per_run = 1;
};

/// How a unit did before and after a change.
struct UnitChange {
  UnitMeasurement before;
  UnitMeasurement after;
  /// How the loss went, also where the unit stayed as it was.
  std::vector<LossPoint> losses;
};

/// The layers of a measurement with what they were in an earlier one.
///
/// @param before  by name; a layer that is not there keeps its own number
[[nodiscard]] OMPQ_API std::vector<LayerReport> with_earlier(
    std::vector<LayerReport> layers, const std::vector<LayerReport>& before);

/// optimize_unit(), unless that makes the unit worse on the examples held out:
/// then it stays as it was. Weighted channels are always optimised.
UnitChange improve_unit(
    UnitProblem& unit,
    const Frontier& frontier,
    const UnitSettings& settings,
    const OptimizerInput& input,
    Observer& observer);

/// Rounds the unit's layers and improves them.
///
/// @param name  of the unit, for its report
/// @param done  steps of the observer's stage that are finished
/// @return the unit's result, without its time
[[nodiscard]] UnitResult quantize_unit(
    UnitProblem& unit,
    const std::string& name,
    const Frontier& frontier,
    const UnitSettings& settings,
    std::int64_t done,
    Observer& observer);

}  // namespace ompq
