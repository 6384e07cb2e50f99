// SPDX-License-Identifier: MIT
#include "ompq/quantization/search_density.h"

#include <algorithm>

namespace ompq::detail {

SearchDensity search_density(
    const AffineProblem& problem, bool has_one_zero_point) {
  const auto size = static_cast<double>(problem.numbers.size());
  const double steps = problem.grid.steps();
  if (problem.density == ScaleDensity::Rough) {
    return size > 32.0 ? SearchDensity{1.2, 3, 1, 2, 1, 1.25, true}
                       : SearchDensity{1.1, 3, 4, 1, 4, 1.2, true};
  }
  if (size > 16'384.0) {
    return {
        .ratio = 1.15,
        .zero_points = 5,
        .regions = 3,
        .scales = 6,
        .refined = 3};
  }
  const bool is_short = size <= 64.0;
  SearchDensity density;
  if (is_short) {
    density = {
        .ratio = 1.05,
        .zero_points = 17,
        .regions = 12,
        .scales = steps < 64.0 ? 48 : 20,
        .refined = 16};
  }
  // Codes change size * steps / 4 * (ratio - 1) times from one scale of the
  // first pass to the next; of long rows the loss is smooth.
  const double share = density.ratio - 1.0;
  const double changes = 0.25 * size * steps * share;
  const double most = is_short ? 2.0 * changes : 6.0 * steps * share;
  density.scales = static_cast<int>(
      std::clamp(most, 4.0, static_cast<double>(density.scales)));
  if (has_one_zero_point) {
    density.regions *= 2;
    density.refined *= 2;
  }
  return density;
}

}  // namespace ompq::detail
