// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "ompq/core/export.h"

namespace ompq {

/// How a mean changes between two measurements of the same samples.
struct PairedChange {
  /// Mean of the differences d_n = after_n - before_n. +infinity where what is
  /// after is not finite, -infinity where only what is before is not.
  double mean = 0.0;
  /// sqrt(sum (d_n - mean)^2 / (N (N - 1))): how much other samples would give
  /// another mean. 0 for one sample, and where the mean is infinite.
  double standard_error = 0.0;

  /// The change that is to be feared: the mean and two standard errors more.
  [[nodiscard]] double feared() const { return mean + 2.0 * standard_error; }
};

/// @param before, after  of one length, > 0
[[nodiscard]] OMPQ_API PairedChange
paired_change(std::span<const double> before, std::span<const double> after);

}  // namespace ompq
