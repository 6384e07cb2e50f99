// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "ompq/quantization/affine_search.h"

namespace ompq::detail {

/// How densely one problem is searched; short rows have rough losses and cost
/// little.
struct SearchDensity {
  /// Ratio of neighbouring scales in the first pass.
  double ratio = 1.1;
  /// Zero points tried with each of them.
  int zero_points = 9;
  /// Scales of the first pass around which the second one looks.
  std::size_t regions = 6;
  /// Scales of the second pass on either side of one of the first pass.
  int scales = 24;
  /// Results of the second pass that are refined.
  std::size_t refined = 8;
  /// The first scale, over that of the smallest grid that holds all numbers.
  double widest = 2.0;
  /// Zero points between those tried are looked for after the first pass, with
  /// the scales that are left.
  bool settles_late = false;
};

/// @param has_one_zero_point  no other has to be tried: a scale costs a third
[[nodiscard]] SearchDensity search_density(
    const AffineProblem& problem, bool has_one_zero_point);

}  // namespace ompq::detail
