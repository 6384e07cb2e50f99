// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/quantization/affine_search.h"
#include "ompq/quantization/grid_range.h"
#include "ompq/quantization/histogram.h"
#include "ompq/quantization/percentile.h"
#include "ompq/quantization/scale_search.h"
#include "ompq/quantization/scale_search_options.h"

namespace ompq {
namespace {

using detail::NumberRange;

void check_weights(std::span<const float> weights, std::int64_t columns) {
  OMPQ_CHECK(
      columns > 0 && std::ssize(weights) % columns == 0,
      ErrorCode::ShapeMismatch,
      "[scales] {} weights are no rows of {} columns",
      weights.size(),
      columns);
  const auto bad = std::find_if(weights.begin(), weights.end(), [](float w) {
    return !std::isfinite(w);
  });
  OMPQ_CHECK(
      bad == weights.end(),
      ErrorCode::InvalidData,
      "[scales] the weight in row {}, column {} is {}; expected a finite "
      "number",
      std::distance(weights.begin(), bad) / columns,
      std::distance(weights.begin(), bad) % columns,
      *bad);
}

void check_importance(
    std::span<const float> importance,
    std::size_t weights,
    std::int64_t columns) {
  OMPQ_CHECK(
      importance.empty() || importance.size() == weights ||
          std::ssize(importance) == columns,
      ErrorCode::ShapeMismatch,
      "[scales] importance of {} numbers for {} weights in rows of {}; "
      "expected one for each weight, one for each column, or none",
      importance.size(),
      weights,
      columns);
  const auto bad =
      std::find_if(importance.begin(), importance.end(), [](float value) {
        return !(std::isfinite(value) && value >= 0.0F);
      });
  OMPQ_CHECK(
      bad == importance.end(),
      ErrorCode::InvalidData,
      "[scales] importance {} is {}; expected a finite number of at least 0",
      std::distance(importance.begin(), bad),
      *bad);
}

NumberRange range_of(std::span<const float> row) {
  NumberRange range;
  for (const float weight : row) {
    range.include(static_cast<double>(weight));
  }
  return range;
}

NumberRange percentile_range(
    std::span<const float> row, const ScaleSearchOptions& options) {
  std::vector<detail::NumberMass> masses;
  for (const float weight : row) {
    const auto number = static_cast<double>(weight);
    masses.push_back({.low = number, .high = number, .count = 1.0});
  }
  return detail::percentile_range(std::move(masses), options);
}

/// Eight numbers in a bin on average; fewer have no distribution to speak of.
AffineParameters entropy_scale(
    std::span<const float> row,
    const NumberRange& range,
    const IntegerGrid& grid,
    const ScaleSearchOptions& options) {
  constexpr std::size_t kFewestBins = 64;
  constexpr std::size_t kMostBins = 4096;
  const std::size_t bins = std::bit_floor(row.size() / 8);
  if (bins < kFewestBins) {
    return detail::holding_grid(range, grid, options.is_symmetric);
  }
  Histogram histogram(static_cast<std::int64_t>(std::min(bins, kMostBins)));
  histogram.add(row);
  return search_scale(histogram, grid, options);
}

/// Scales of one row for each grid.
void search_row(
    std::span<const float> row,
    std::span<const float> importance,
    std::span<const IntegerGrid> grids,
    const ScaleSearchOptions& options,
    const detail::ErrorPower& power,
    std::span<AffineParameters> found) {
  const NumberRange range = range_of(row);
  const bool is_constant =
      std::all_of(row.begin(), row.end(), [&](float w) { return w == row[0]; });
  const bool has_loss = options.rule == ScaleRule::MeanSquare ||
                        options.rule == ScaleRule::LpNorm;
  detail::WeightedNumbers numbers;
  if (has_loss && !is_constant) {
    numbers.assign(row, importance);
    if (options.density == ScaleDensity::Rough) {
      numbers.thin();
    }
  }
  const auto scale_for = [&](const IntegerGrid& grid) {
    if (is_constant) {
      return detail::exact_grid(
          static_cast<double>(row[0]), grid, options.is_symmetric);
    }
    switch (options.rule) {
      case ScaleRule::MinMax:
        return detail::holding_grid(range, grid, options.is_symmetric);
      case ScaleRule::Percentile:
        return detail::holding_grid(
            percentile_range(row, options), grid, options.is_symmetric);
      case ScaleRule::Entropy:
        return entropy_scale(row, range, grid, options);
      case ScaleRule::MeanSquare:
      case ScaleRule::LpNorm:
        break;
    }
    return detail::least_loss(
        {.numbers = numbers,
         .power = power,
         .range = range,
         .grid = grid,
         .is_symmetric = options.is_symmetric,
         .density = options.density});
  };
  std::ranges::transform(grids, found.begin(), scale_for);
}

}  // namespace

std::vector<std::vector<AffineParameters>> search_row_scales(
    std::span<const float> weights,
    std::int64_t columns,
    std::span<const IntegerGrid> grids,
    const ScaleSearchOptions& options,
    std::span<const float> importance) {
  for (const IntegerGrid& grid : grids) {
    detail::check_scale_search(grid, options);
  }
  check_weights(weights, columns);
  check_importance(importance, weights.size(), columns);
  const std::int64_t rows = std::ssize(weights) / columns;
  const auto length = static_cast<std::size_t>(columns);
  const bool is_shared = importance.size() == length;
  const detail::ErrorPower power = detail::error_power(options);
  const std::size_t count = grids.size();
  std::vector<AffineParameters> found(static_cast<std::size_t>(rows) * count);
#pragma omp parallel for schedule(dynamic, 4) if (rows > 8)
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto index = static_cast<std::size_t>(row);
    search_row(
        weights.subspan(index * length, length),
        importance.empty() || is_shared
            ? importance
            : importance.subspan(index * length, length),
        grids,
        options,
        power,
        std::span(found).subspan(index * count, count));
  }
  std::vector<std::vector<AffineParameters>> by_grid(count);
  for (std::size_t i = 0; i < found.size(); ++i) {
    by_grid[i % count].push_back(found[i]);
  }
  return by_grid;
}

std::vector<AffineParameters> search_row_scales(
    std::span<const float> weights,
    std::int64_t columns,
    const IntegerGrid& grid,
    const ScaleSearchOptions& options,
    std::span<const float> importance) {
  return search_row_scales(
             weights, columns, std::span(&grid, 1), options, importance)
      .front();
}

}  // namespace ompq
