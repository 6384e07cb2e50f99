// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include <omp.h>

#include "ompq/core/error.h"
#include "ompq/orthogonality/centring.h"
#include "ompq/orthogonality/importance.h"

namespace ompq {
namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers everywhere, and
/// one independent stream for each subset.
class SubsetGenerator {
 public:
  SubsetGenerator(std::uint64_t seed, std::uint64_t stream)
      : state_(mix(seed + kStep) + stream * kStep) {}

  /// Uniform in [0, bound).
  std::uint64_t below(std::uint64_t bound) {
    // Values under the threshold would favour some remainders.
    const std::uint64_t threshold = (0 - bound) % bound;
    for (;;) {
      state_ += kStep;
      const std::uint64_t value = mix(state_);
      if (value >= threshold) {
        return value % bound;
      }
    }
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;

  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

/// `size` of the numbers 0..samples-1 without repetition, in ascending order.
std::vector<std::int64_t> draw_subset(
    std::int64_t samples, std::int64_t size, SubsetGenerator generator) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(samples));
  std::iota(order.begin(), order.end(), 0);
  for (std::int64_t i = 0; i < size; ++i) {
    const auto left = static_cast<std::uint64_t>(samples - i);
    const auto pick = i + static_cast<std::int64_t>(generator.below(left));
    std::swap(
        order[static_cast<std::size_t>(i)],
        order[static_cast<std::size_t>(pick)]);
  }
  order.resize(static_cast<std::size_t>(size));
  std::sort(order.begin(), order.end());
  return order;
}

/// Rows and columns of a symmetric matrix.
Matrix submatrix(
    const Matrix& matrix, const std::vector<std::int64_t>& subset) {
  const std::int64_t size = std::ssize(subset);
  Matrix result(size, size);
  auto to = result.elements().begin();
  for (const std::int64_t a : subset) {
    const double* row = matrix.elements().data() + a * matrix.columns();
    for (const std::int64_t b : subset) {
      *to++ = row[b];
    }
  }
  return result;
}

/// 1 / |C| of every layer on the subset; 0 where C is zero.
struct SubsetSums {
  std::vector<double> scales;
  /// sum_j C_j / |C_j|
  Matrix unit_sum;
};

SubsetSums subset_sums(
    std::span<const GramMatrix> grams,
    const std::vector<std::int64_t>& subset,
    OrmKind kind) {
  const std::int64_t size = std::ssize(subset);
  SubsetSums sums{.scales = {}, .unit_sum = Matrix(size, size)};
  for (const GramMatrix& layer : grams) {
    const Matrix gram = submatrix(layer.products, subset);
    const detail::Centring centring = detail::centring_of(gram, kind);
    const double norm = detail::centred_norm(gram, centring);
    const double scale = norm > 0.0 ? 1.0 / norm : 0.0;
    sums.scales.push_back(scale);
    for (std::size_t k = 0; k < gram.elements().size(); ++k) {
      sums.unit_sum.elements()[k] += scale * gram.elements()[k];
    }
  }
  // Centring is linear: once for the sum instead of once for every layer.
  const detail::Centring centring = detail::centring_of(sums.unit_sum, kind);
  Matrix centred(size, size);
  for (std::int64_t a = 0; a < size; ++a) {
    for (std::int64_t b = 0; b < size; ++b) {
      centred(a, b) = centring.at(sums.unit_sum, a, b);
    }
  }
  sums.unit_sum = std::move(centred);
  return sums;
}

/// gamma on a subset without the [L, L] matrix:
///
///   gamma_i + 1 = <C_i/|C_i|, sum_j C_j/|C_j|> = <G_i, sum_j C_j/|C_j|>/|C_i|
///
/// because centring is a projection, so that only one side needs it.
std::vector<double> subset_gamma(
    std::span<const GramMatrix> grams,
    const std::vector<std::int64_t>& subset,
    OrmKind kind) {
  const SubsetSums sums = subset_sums(grams, subset, kind);
  std::vector<double> gamma;
  gamma.reserve(grams.size());
  for (std::size_t i = 0; i < grams.size(); ++i) {
    const Matrix& products = grams[i].products;
    double total = 0.0;
    auto unit = sums.unit_sum.elements().begin();
    for (const std::int64_t a : subset) {
      const double* row = products.elements().data() + a * products.columns();
      for (const std::int64_t b : subset) {
        total += row[b] * *unit++;
      }
    }
    const double scale = sums.scales[i];
    gamma.push_back(scale > 0.0 ? total * scale - 1.0 : 0.0);
  }
  return gamma;
}

void check_options(std::int64_t samples, const BootstrapOptions& options) {
  OMPQ_CHECK(
      options.resamples >= 2,
      ErrorCode::InvalidArgument,
      "[bootstrap] {} resamples; expected at least 2",
      options.resamples);
  OMPQ_CHECK(
      options.level > 0.0 && options.level < 1.0,
      ErrorCode::InvalidArgument,
      "[bootstrap] level {}; expected a probability between 0 and 1",
      options.level);
  OMPQ_CHECK(
      samples >= 2 * minimum_samples(options.kind),
      ErrorCode::InvalidArgument,
      "[bootstrap] {} samples; intervals of the {} metric need at least {}",
      samples,
      to_string(options.kind),
      2 * minimum_samples(options.kind));
}

/// Linear interpolation between the order statistics.
double quantile(const std::vector<double>& sorted, double probability) {
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(
      sorted[below], sorted[above], place - static_cast<double>(below));
}

/// @param draws  gamma of this layer on every subset
/// @param factor  from the spread over subsets to that over samples
GammaInterval interval(
    double gamma, std::vector<double> draws, double factor, double level) {
  const double mean = std::accumulate(draws.begin(), draws.end(), 0.0) /
                      static_cast<double>(draws.size());
  std::sort(draws.begin(), draws.end());
  const double tail = (1.0 - level) / 2.0;
  return {
      .gamma = gamma,
      .low = gamma - factor * (quantile(draws, 1.0 - tail) - mean),
      .high = gamma - factor * (quantile(draws, tail) - mean)};
}

/// gamma on every subset: [resamples][L].
std::vector<std::vector<double>> subset_gammas(
    std::span<const GramMatrix> grams,
    std::int64_t size,
    const BootstrapOptions& options) {
  const std::int64_t samples = grams.front().samples();
  std::vector<std::vector<double>> draws(
      static_cast<std::size_t>(options.resamples));
  const int workers =
      options.threads > 0 ? options.threads : omp_get_max_threads();
#pragma omp parallel for schedule(static) num_threads(workers)
  for (int resample = 0; resample < options.resamples; ++resample) {
    const SubsetGenerator generator(
        options.seed, static_cast<std::uint64_t>(resample));
    draws[static_cast<std::size_t>(resample)] = subset_gamma(
        grams, draw_subset(samples, size, generator), options.kind);
  }
  return draws;
}

}  // namespace

std::vector<GammaInterval> bootstrap_gamma(
    std::span<const GramMatrix> grams, const BootstrapOptions& options) {
  const std::vector<double> gamma = orthogonality_gamma(
      orm_matrix(grams, {.kind = options.kind, .threads = options.threads}));
  const std::int64_t samples = grams.front().samples();
  check_options(samples, options);
  const std::int64_t size = samples / 2;
  const double factor = std::sqrt(
      static_cast<double>(size) / static_cast<double>(samples - size));
  const auto draws = subset_gammas(grams, size, options);
  std::vector<GammaInterval> intervals;
  intervals.reserve(gamma.size());
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    std::vector<double> of_layer;
    of_layer.reserve(draws.size());
    for (const auto& draw : draws) {
      of_layer.push_back(draw[i]);
    }
    intervals.push_back(
        interval(gamma[i], std::move(of_layer), factor, options.level));
  }
  return intervals;
}

}  // namespace ompq
