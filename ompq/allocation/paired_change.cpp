// SPDX-License-Identifier: MIT
#include "ompq/allocation/paired_change.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ompq {
namespace {

bool are_finite(std::span<const double> samples) {
  return std::ranges::all_of(
      samples, [](double x) { return std::isfinite(x); });
}

}  // namespace

PairedChange paired_change(
    std::span<const double> before, std::span<const double> after) {
  if (!are_finite(after)) {
    return {.mean = std::numeric_limits<double>::infinity()};
  }
  if (!are_finite(before)) {
    return {.mean = -std::numeric_limits<double>::infinity()};
  }
  const auto count = static_cast<double>(before.size());
  double sum = 0.0;
  for (std::size_t n = 0; n < before.size(); ++n) {
    sum += after[n] - before[n];
  }
  const double mean = sum / count;
  double squares = 0.0;
  for (std::size_t n = 0; n < before.size(); ++n) {
    const double deviation = after[n] - before[n] - mean;
    squares += deviation * deviation;
  }
  return {
      .mean = mean,
      .standard_error =
          before.size() < 2 ? 0.0 : std::sqrt(squares / count / (count - 1.0))};
}

}  // namespace ompq
