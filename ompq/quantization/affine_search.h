// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/quantization/error_power.h"
#include "ompq/quantization/grid_loss.h"
#include "ompq/quantization/grid_range.h"
#include "ompq/quantization/integer_grid.h"
#include "ompq/quantization/scale_search.h"

namespace ompq::detail {

/// Which grid represents these numbers best?
struct AffineProblem {
  const WeightedNumbers& numbers;
  const ErrorPower& power;
  /// Of the numbers.
  NumberRange range;
  IntegerGrid grid;
  bool is_symmetric = false;
  ScaleDensity density = ScaleDensity::Fine;
};

/// Scale and zero point of least sum weight * |x - fq(x)|^power.
///
/// The loss has many local minima, so it is searched in three passes: scales in
/// steps of a few per cent with zero points that put the grid anywhere inside
/// the range; smaller steps around the best of them; and, for the best of
/// those, the minimum of their own cell by least squares with fixed codes.
[[nodiscard]] AffineParameters least_loss(const AffineProblem& problem);

}  // namespace ompq::detail
