// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "ompq/core/export.h"

namespace ompq {

/// How well one list of numbers orders another, in [-1, 1]; 1 = the same order.
struct RankCorrelation {
  /// Pearson correlation of the ranks; equal numbers share their mean rank.
  double spearman = 0.0;
  /// Kendall's tau-b: (concordant - discordant pairs) over the geometric mean
  /// of the pairs that differ in each list.
  double kendall = 0.0;
  /// Percentiles 2.5 and 97.5 of Spearman's over bootstrap samples of the
  /// pairs.
  double spearman_low = 0.0;
  double spearman_high = 0.0;
};

/// Correlation of two lists of the same length; 0 where one of them is
/// constant.
///
/// @param resamples  bootstrap samples; 0 = the interval is the number itself
/// @throws Error{InvalidArgument}  different lengths, fewer than two pairs, or
/// a
///                                 NaN
[[nodiscard]] OMPQ_API RankCorrelation rank_correlation(
    std::span<const double> left,
    std::span<const double> right,
    std::int64_t resamples = 1000,
    std::uint64_t seed = 0);

}  // namespace ompq
