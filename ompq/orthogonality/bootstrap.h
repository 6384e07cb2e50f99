// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/orthogonality/gram.h"
#include "ompq/orthogonality/orm.h"

namespace ompq {

/// How the interval of gamma is estimated.
struct BootstrapOptions {
  OrmKind kind = OrmKind::Raw;
  /// Number of random subsets of the samples, at least 2.
  int resamples = 200;
  /// Probability that the interval should hold, in (0, 1).
  double level = 0.95;
  std::uint64_t seed = 0;
  /// Number of threads; 0 = as many as OpenMP offers. The numbers do not
  /// depend on it.
  int threads = 0;
};

/// An estimate with its interval.
struct GammaInterval {
  /// gamma of the layer on all samples.
  double gamma = 0.0;
  double low = 0.0;
  double high = 0.0;
};

/// Interval of every gamma over the choice of the N input samples.
///
/// Subsamples of m = N/2 samples are drawn *without* replacement, and the
/// deviations of gamma from its mean over the subsamples, times
/// sqrt(m / (N - m)), give the interval around gamma of all samples:
///
///   [gamma - q((1 + level)/2), gamma - q((1 - level)/2)],
///   q = quantile of (gamma_m - mean gamma_m) sqrt(m / (N - m))
///
/// Why not the usual bootstrap: a sample drawn twice is perfectly dependent on
/// its copy in *every* layer. The copies put |f|^2 off the diagonal of all Gram
/// matrices, so that all layers look alike: gamma is biased upward, and the
/// unbiased estimator, which drops the diagonal for that very reason, is no
/// longer unbiased. Subsets without copies have neither defect. gamma is a
/// smooth function of U-statistics with variance s^2/N, its variance over
/// subsets is s^2 (1/m - 1/N): hence the factor (Politis and Romano 1994; the
/// delete-half jackknife). Raw and Centred are biased by an amount that falls
/// with N; that bias cancels in the deviations from the mean, and the interval
/// is one for the expectation of gamma at N samples, not at infinitely many.
///
/// Where layers are unrelated, chance makes gamma vary as 1/N instead of
/// 1/sqrt(N), and the interval is too wide, at most twice.
///
/// Layers whose features are constant within a subset count as orthogonal to
/// all others there.
///
/// @param grams  L Gram matrices over the same samples
/// @return L intervals; low <= high, and gamma usually lies between
/// @throws as orm_matrix, and Error{InvalidArgument} if N is below twice
///         minimum_samples(kind) or an option is out of range
[[nodiscard]] OMPQ_API std::vector<GammaInterval> bootstrap_gamma(
    std::span<const GramMatrix> grams, const BootstrapOptions& options = {});

}  // namespace ompq
