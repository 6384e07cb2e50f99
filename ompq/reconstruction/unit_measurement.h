// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/unit_problem.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// Signal to noise ratios of a unit as it is now, in dB.
struct UnitMeasurement {
  double sqnr_db = 0.0;
  std::vector<LayerReport> layers;
};

/// Compares the float and the quantized unit on the examples that gradient
/// steps do not see, each side on its own inputs.
///
/// @param step  groups per run
[[nodiscard]] UnitMeasurement measure_unit(
    const UnitProblem& unit, const Frontier& frontier, std::int64_t step);

/// Groups at the end of the frontier that gradient steps leave out: an eighth,
/// at most 64; all of one group only.
[[nodiscard]] std::int64_t held_out_groups(const Frontier& frontier);

/// 10 log10(signal / noise), limited to +-200 dB; 0 for a constant
/// signal, -200 for a noise that is NaN.
[[nodiscard]] double decibels(double signal, double noise);

}  // namespace ompq
