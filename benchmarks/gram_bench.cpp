// SPDX-License-Identifier: MIT
//
// Orthogonality: Gram matrices of a layer, the matrix of the metric, intervals.
// Counter FLOPS: N (N + 1) d operations for one Gram matrix. Run with
// --benchmark_filter=Gram/64 for the usual number of samples.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>

#include "ompq/orthogonality/bootstrap.h"
#include "ompq/orthogonality/gram.h"
#include "ompq/orthogonality/orm.h"

namespace {

std::vector<float> random_features(
    std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<float> uniform(-0.5F, 1.0F);
  std::vector<float> features(static_cast<std::size_t>(rows * columns));
  std::generate(
      features.begin(), features.end(), [&] { return uniform(generator); });
  return features;
}

/// Compares some elements with plain float64 sums.
bool is_right(
    const ompq::Matrix& products,
    const std::vector<const float*>& rows,
    std::int64_t d) {
  const std::int64_t samples = products.rows();
  for (std::int64_t i = 0; i < samples;
       i += std::max<std::int64_t>(1, samples / 4)) {
    for (const std::int64_t j : {std::int64_t{0}, samples - 1}) {
      double expected = 0.0;
      for (std::int64_t k = 0; k < d; ++k) {
        expected += static_cast<double>(rows[static_cast<std::size_t>(i)][k]) *
                    static_cast<double>(rows[static_cast<std::size_t>(j)][k]);
      }
      const double size = std::sqrt(products(i, i) * products(j, j));
      if (std::abs(products(i, j) - expected) > 1e-6 * size) {
        return false;
      }
    }
  }
  return true;
}

void set_flops(benchmark::State& state, std::int64_t samples, std::int64_t d) {
  const auto n = static_cast<double>(samples);
  state.counters["FLOPS"] = benchmark::Counter(
      n * (n + 1.0) * static_cast<double>(d),
      benchmark::Counter::kIsIterationInvariantRate);
}

void Gram(benchmark::State& state) {
  const std::int64_t samples = state.range(0);
  const std::int64_t d = state.range(1);
  const auto features = random_features(samples, d, 1);
  const auto rows = ompq::feature_rows(features.data(), samples, d);
  const ompq::GramOptions options{.threads = static_cast<int>(state.range(2))};
  if (!is_right(ompq::accumulate_gram(rows, d, options).products, rows, d)) {
    state.SkipWithError("differs from the plain product");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ompq::accumulate_gram(rows, d, options));
  }
  set_flops(state, samples, d);
}

void GramThenClamp(benchmark::State& state) {
  const std::int64_t samples = state.range(0);
  const std::int64_t d = state.range(1);
  auto features = random_features(samples, d, 1);
  const auto before = features;
  const auto rows = ompq::feature_rows(features.data(), samples, d);
  const ompq::Clamp relu{.low = 0.0F};
  const ompq::GramOptions options{.threads = static_cast<int>(state.range(2))};
  const auto gram = ompq::accumulate_gram_then_clamp(rows, d, relu, options);
  const bool is_clamped = std::equal(
      before.begin(), before.end(), features.begin(), [](float a, float b) {
        return std::max(a, 0.0F) == b;
      });
  if (!is_clamped ||
      !is_right(
          gram.products, ompq::feature_rows(before.data(), samples, d), d)) {
    state.SkipWithError("differs from the plain product");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        ompq::accumulate_gram_then_clamp(rows, d, relu, options));
  }
  set_flops(state, samples, d);
}

std::vector<ompq::GramMatrix> some_grams(
    std::int64_t layers, std::int64_t samples) {
  std::vector<ompq::GramMatrix> grams;
  for (std::int64_t i = 0; i < layers; ++i) {
    const auto features =
        random_features(samples, 40 + i, static_cast<std::uint64_t>(i));
    grams.push_back(ompq::accumulate_gram(
        ompq::feature_rows(features.data(), samples, 40 + i), 40 + i));
  }
  return grams;
}

void OrmMatrix(benchmark::State& state) {
  const auto grams = some_grams(state.range(0), state.range(1));
  const ompq::Matrix orm = ompq::orm_matrix(grams);
  const auto& first = grams.front().products.elements();
  const auto& last = grams.back().products.elements();
  double product = 0.0;
  double first_square = 0.0;
  double last_square = 0.0;
  for (std::size_t k = 0; k < first.size(); ++k) {
    product += first[k] * last[k];
    first_square += first[k] * first[k];
    last_square += last[k] * last[k];
  }
  const double expected = product / std::sqrt(first_square * last_square);
  if (std::abs(orm(0, orm.rows() - 1) - expected) > 1e-12) {
    state.SkipWithError("differs from the plain formula");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ompq::orm_matrix(grams));
  }
}

void BootstrapGamma(benchmark::State& state) {
  const auto grams = some_grams(state.range(0), state.range(1));
  const auto intervals = ompq::bootstrap_gamma(grams);
  const bool is_ordered =
      std::all_of(intervals.begin(), intervals.end(), [](const auto& interval) {
        return interval.low < interval.high;
      });
  if (!is_ordered) {
    state.SkipWithError("an interval is empty");
    return;
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(ompq::bootstrap_gamma(grams));
  }
}

// Arguments: samples N, features d, threads.
BENCHMARK(Gram)
    ->ArgsProduct({{16, 64, 128, 512}, {50'000, 401'408}, {1, 2}})
    ->Args({64, 1'204'224, 1})
    ->Args({64, 1'204'224, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(GramThenClamp)
    ->Args({64, 401'408, 1})
    ->Args({64, 401'408, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
// Arguments: layers L, samples N.
BENCHMARK(OrmMatrix)
    ->Args({53, 64})
    ->Args({200, 64})
    ->Args({200, 512})
    ->Args({1000, 64})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK(BootstrapGamma)
    ->Args({53, 64})
    ->Args({200, 128})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
