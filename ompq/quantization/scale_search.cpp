// SPDX-License-Identifier: MIT
#include "ompq/quantization/scale_search.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/quantization/affine_search.h"
#include "ompq/quantization/entropy_scale.h"
#include "ompq/quantization/grid_range.h"
#include "ompq/quantization/percentile.h"
#include "ompq/quantization/scale_search_options.h"

namespace ompq {
namespace {

using detail::NumberMass;
using detail::NumberRange;

/// The bins as intervals, cut off at the exact minimum and maximum.
std::vector<NumberMass> masses_of(const Histogram& histogram) {
  const auto minimum = static_cast<double>(histogram.minimum());
  const auto maximum = static_cast<double>(histogram.maximum());
  const double half = 0.5 * histogram.bin_width();
  std::vector<NumberMass> masses;
  for (const Histogram::Bin& bin : histogram.bins()) {
    const double reach = bin.centre == 0.0 ? 0.0 : half;
    masses.push_back(
        {.low = std::max(bin.centre - reach, minimum),
         .high = std::min(bin.centre + reach, maximum),
         .count = static_cast<double>(bin.count)});
  }
  return masses;
}

/// Numbers that stand for those of the bins, with the bins' shares as weights.
/// An interval is cut into pieces of half a step at most; two points in each
/// integrate polynomials up to the third degree exactly (Gauss-Legendre), so
/// that steps of about the bins' width find no false minima.
void spread(
    const std::vector<NumberMass>& masses,
    double step,
    std::int64_t count,
    detail::WeightedNumbers& numbers) {
  std::vector<float> points;
  std::vector<float> weights;
  constexpr double kMostPieces = 64.0;
  for (const NumberMass& mass : masses) {
    const double width = mass.high - mass.low;
    const double pieces =
        std::clamp(std::ceil(2.0 * width / step), 1.0, kMostPieces);
    const double half = 0.5 * width / pieces;
    const double weight = mass.count / (2.0 * pieces);
    for (double piece = 0.0; piece < pieces; ++piece) {
      const double centre = mass.low + (2.0 * piece + 1.0) * half;
      for (const double side : {-1.0, 1.0}) {
        points.push_back(
            static_cast<float>(centre + side * half / std::sqrt(3.0)));
        weights.push_back(
            static_cast<float>(weight / static_cast<double>(count)));
      }
    }
  }
  numbers.assign(points, weights);
}

AffineParameters least_loss(
    const Histogram& histogram,
    const NumberRange& range,
    const IntegerGrid& grid,
    const ScaleSearchOptions& options) {
  std::vector<NumberMass> masses = masses_of(histogram);
  std::erase_if(masses, [](const NumberMass& mass) {
    return mass.low == 0.0 && mass.high == 0.0;  // never an error
  });
  const auto widest = detail::holding_grid(range, grid, options.is_symmetric);
  detail::WeightedNumbers numbers;
  spread(masses, static_cast<double>(widest.scale), histogram.count(), numbers);
  return detail::least_loss(
      {.numbers = numbers,
       .power = detail::error_power(options),
       .range = range,
       .grid = grid,
       .is_symmetric = options.is_symmetric});
}

}  // namespace

AffineParameters search_scale(
    const Histogram& histogram,
    const IntegerGrid& grid,
    const ScaleSearchOptions& options) {
  detail::check_scale_search(grid, options);
  OMPQ_CHECK(
      histogram.count() > 0,
      ErrorCode::InvalidData,
      "[scales] the histogram holds {} numbers; add some before the search",
      histogram.count());
  const auto minimum = static_cast<double>(histogram.minimum());
  const auto maximum = static_cast<double>(histogram.maximum());
  NumberRange range;
  range.include(minimum);
  range.include(maximum);
  if (range.is_zero()) {
    return detail::holding_grid(range, grid, options.is_symmetric);
  }
  if (minimum == maximum) {
    return detail::exact_grid(minimum, grid, options.is_symmetric);
  }
  switch (options.rule) {
    case ScaleRule::MinMax:
      return detail::holding_grid(range, grid, options.is_symmetric);
    case ScaleRule::Percentile:
      return detail::holding_grid(
          detail::percentile_range(masses_of(histogram), options),
          grid,
          options.is_symmetric);
    case ScaleRule::Entropy:
      return detail::entropy_scale(histogram, grid, options.is_symmetric);
    case ScaleRule::MeanSquare:
    case ScaleRule::LpNorm:
      break;
  }
  return least_loss(histogram, range, grid, options);
}

}  // namespace ompq
