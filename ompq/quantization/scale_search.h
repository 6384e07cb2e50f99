// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/quantization/histogram.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq {

/// What makes a scale good.
enum class ScaleRule {
  /// Smallest grid that holds every number.
  MinMax,
  /// Least mean |x - fq(x)|^2.
  MeanSquare,
  /// Least mean |x - fq(x)|^p, p = ScaleSearchOptions::power.
  LpNorm,
  /// Grid from the percentiles of both tails; of one, if all numbers have the
  /// same sign; of magnitudes, if it is symmetric.
  Percentile,
  /// Least Kullback-Leibler divergence of the quantized distribution, zeros
  /// aside.
  Entropy,
};

/// How densely MeanSquare and LpNorm search.
enum class ScaleDensity {
  /// For weights that will be kept: within 1 % of the least loss.
  Fine,
  /// For comparing widths: within a few per cent of it on average, at a tenth
  /// of the time. Of rows with more than 128 numbers the loss is that of a part
  /// of them, the outermost ones included.
  Rough,
};

struct ScaleSearchOptions {
  ScaleRule rule = ScaleRule::LpNorm;
  /// Exponent of LpNorm. 2.4 is what BRECQ uses.
  double power = 2.4;
  /// Share of the numbers inside the grid, in (0, 100], for Percentile.
  double percentile = 99.99;
  /// Symmetric: zero point 0 on a signed grid (the middle, on an unsigned one).
  bool is_symmetric = false;
  ScaleDensity density = ScaleDensity::Fine;
};

/// Scale and zero point for a distribution.
///
/// The grid always holds 0 exactly. A constant distribution gets a scale that
/// represents it exactly (where a symmetric grid of one bit has no positive
/// codes, it is rounded to 0); one of zeros only the scale 1. If no number is
/// negative, an asymmetric zero point is the lowest code; if none is positive,
/// the highest. Numbers inside a bin count as spread evenly over it.
///
/// @throws Error{InvalidData}  the histogram is empty
/// @throws Error{InvalidArgument}  width, power or percentile out of range
[[nodiscard]] OMPQ_API AffineParameters search_scale(
    const Histogram& histogram,
    const IntegerGrid& grid,
    const ScaleSearchOptions& options = {});

/// Scale and zero point of each row of weights [rows, columns], searched on the
/// numbers themselves. A row of zeros gets the scale 1.
///
/// Percentile and Entropy know no importance; Entropy holds every number of
/// rows with fewer than 512.
///
/// @param importance  [rows x columns] or [columns] or empty: weight of each
///                    number's error, for instance the diagonal of the Hessian
/// @throws Error{InvalidData}  a weight is NaN or infinite (says its row and
///                             column), or an importance is no finite number
///                             of at least 0
/// @throws Error{ShapeMismatch}  weights are no rows of `columns`, or the
///                               importance has another size
/// @throws Error{InvalidArgument}  width, power or percentile out of range
[[nodiscard]] OMPQ_API std::vector<AffineParameters> search_row_scales(
    std::span<const float> weights,
    std::int64_t columns,
    const IntegerGrid& grid,
    const ScaleSearchOptions& options = {},
    std::span<const float> importance = {});

/// The same for several grids at once, which costs less than one after the
/// other; index = grid.
[[nodiscard]] OMPQ_API std::vector<std::vector<AffineParameters>>
search_row_scales(
    std::span<const float> weights,
    std::int64_t columns,
    std::span<const IntegerGrid> grids,
    const ScaleSearchOptions& options = {},
    std::span<const float> importance = {});

}  // namespace ompq
