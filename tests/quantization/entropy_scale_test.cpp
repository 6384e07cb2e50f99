// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/quantization/scale_search.h"

#include "brute_force_scales.h"

namespace ompq {
namespace {

using test::Distribution;

/// The divergence, as its documentation tells it, of one grid; numbers have
/// been counted in bins.
double plain_divergence(
    const std::vector<Histogram::Bin>& bins,
    const IntegerGrid& grid,
    const AffineParameters& parameters) {
  const auto code_of = [&](const Histogram::Bin& bin) {
    return std::nearbyint(bin.centre / static_cast<double>(parameters.scale)) +
           parameters.zero_point;
  };
  const auto is_inside = [&](const Histogram::Bin& bin) {
    return code_of(bin) >= grid.lowest() && code_of(bin) <= grid.highest();
  };
  std::vector<double> p;
  std::vector<double> q;
  double above = 0.0;
  double pending = 0.0;
  for (const auto& bin : bins) {
    const auto count = static_cast<double>(bin.count);
    if (bin.centre == 0.0) {
      continue;
    }
    if (!is_inside(bin)) {
      (p.empty() ? pending : above) += count;
      continue;
    }
    double mass = 0.0;
    double filled = 0.0;
    for (const auto& other : bins) {
      if (other.centre != 0.0 && code_of(other) == code_of(bin)) {
        mass += static_cast<double>(other.count);
        filled += 1.0;
      }
    }
    p.push_back(count + std::exchange(pending, 0.0));
    q.push_back(mass / filled);
  }
  p.back() += above;
  double p_sum = 0.0;
  double q_sum = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    p_sum += p[i];
    q_sum += q[i];
  }
  double divergence = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    divergence += p[i] / p_sum * std::log(p[i] / p_sum / (q[i] / q_sum));
  }
  return divergence;
}

TEST(EntropyScale, DivergesLeast) {
  Histogram histogram(512);
  auto numbers = test::random_row(Distribution::Laplacian, 100'000, 5);
  numbers.resize(150'000, 0.0F);
  histogram.add(numbers);
  const auto bins = histogram.bins();
  const IntegerGrid grid{.bits = 4};

  const auto found =
      search_scale(histogram, grid, {.rule = ScaleRule::Entropy});

  double best = std::numeric_limits<double>::infinity();
  const auto widest =
      search_scale(histogram, grid, {.rule = ScaleRule::MinMax});
  for (int i = 0; i < 80; ++i) {
    for (int zero_point = 5; zero_point <= 11; ++zero_point) {
      const AffineParameters candidate{
          .scale = widest.scale * std::pow(0.97F, static_cast<float>(i)),
          .zero_point = zero_point};
      best = std::min(best, plain_divergence(bins, grid, candidate));
    }
  }
  EXPECT_LT(plain_divergence(bins, grid, found), 1.02 * best);
  EXPECT_LT(found.scale, 0.8F * widest.scale);
}

TEST(EntropyScale, CutsOutliersAtEightBits) {
  auto numbers = test::random_row(Distribution::Gaussian, 200'000, 6);
  numbers.push_back(3.0F);  // a hundred standard deviations
  Histogram histogram;
  histogram.add(numbers);
  const auto found = search_scale(histogram, {}, {.rule = ScaleRule::Entropy});
  EXPECT_LT(found.scale, 0.3F / 255.0F * 1.5F);
}

TEST(EntropyScale, WorksOnRowsOfWeights) {
  const auto row = test::random_row(Distribution::Laplacian, 50'000, 8);
  const ScaleSearchOptions options{.rule = ScaleRule::Entropy};
  const IntegerGrid grid{.bits = 4};
  const auto found = search_row_scales(row, 50'000, grid, options).front();
  const auto widest =
      search_row_scales(row, 50'000, grid, {.rule = ScaleRule::MinMax}).front();
  EXPECT_LT(found.scale, widest.scale);
  // Nine numbers have no distribution: the grid holds them all.
  EXPECT_EQ(
      search_row_scales(std::span(row).first(9), 9, grid, options),
      search_row_scales(
          std::span(row).first(9), 9, grid, {.rule = ScaleRule::MinMax}));
}

}  // namespace
}  // namespace ompq
