// SPDX-License-Identifier: MIT
#include "ompq/quantization/percentile.h"

#include <algorithm>
#include <cmath>

namespace ompq::detail {
namespace {

/// Where the largest numbers begin that together count `cut`.
///
/// @param masses  descending
double upper_end(const std::vector<NumberMass>& masses, double cut) {
  for (const NumberMass& mass : masses) {
    if (mass.count > cut) {
      return mass.high - cut / mass.count * (mass.high - mass.low);
    }
    cut -= mass.count;
  }
  return masses.back().low;
}

void mirror(NumberMass& mass) {
  mass = {.low = -mass.high, .high = -mass.low, .count = mass.count};
}

/// Descending.
void sort(std::vector<NumberMass>& masses) {
  std::sort(
      masses.begin(),
      masses.end(),
      [](const NumberMass& a, const NumberMass& b) { return a.high > b.high; });
}

NumberRange whole_range(const std::vector<NumberMass>& masses) {
  NumberRange range;
  for (const NumberMass& mass : masses) {
    range.include(mass.low);
    range.include(mass.high);
  }
  return range;
}

}  // namespace

NumberRange percentile_range(
    std::vector<NumberMass> masses, const ScaleSearchOptions& options) {
  const NumberRange whole = whole_range(masses);
  double count = 0.0;
  for (NumberMass& mass : masses) {
    count += mass.count;
    if (options.is_symmetric && mass.low + mass.high < 0.0) {
      mirror(mass);
    }
  }
  const double outside = count * (1.0 - options.percentile / 100.0);
  const bool has_two_tails =
      !options.is_symmetric && whole.low < 0.0 && whole.high > 0.0;
  const double cut = has_two_tails ? 0.5 * outside : outside;
  sort(masses);
  NumberRange range;
  if (whole.high > 0.0 || options.is_symmetric) {
    range.include(upper_end(masses, cut));
  }
  if (whole.low < 0.0 || options.is_symmetric) {
    std::for_each(masses.begin(), masses.end(), mirror);
    std::reverse(masses.begin(), masses.end());
    range.include(options.is_symmetric ? -range.high : -upper_end(masses, cut));
  }
  return range.is_zero() ? whole : range;
}

}  // namespace ompq::detail
