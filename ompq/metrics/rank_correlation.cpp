// SPDX-License-Identifier: MIT
#include "ompq/metrics/rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <random>
#include <vector>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using Numbers = std::span<const double>;

/// Mean ranks, from 0.
std::vector<double> ranks_of(Numbers numbers) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return numbers[i]; });
  std::vector<double> ranks(numbers.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && numbers[order[end]] == numbers[order[begin]]) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      ranks[order[i]] = static_cast<double>(begin + end - 1) / 2.0;
    }
    begin = end;
  }
  return ranks;
}

double pearson(Numbers left, Numbers right) {
  const auto count = static_cast<double>(left.size());
  const double mean_left =
      std::accumulate(left.begin(), left.end(), 0.0) / count;
  const double mean_right =
      std::accumulate(right.begin(), right.end(), 0.0) / count;
  double product = 0.0;
  double square_left = 0.0;
  double square_right = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const double x = left[i] - mean_left;
    const double y = right[i] - mean_right;
    product += x * y;
    square_left += x * x;
    square_right += y * y;
  }
  const double scale = std::sqrt(square_left * square_right);
  return scale == 0.0 ? 0.0 : std::clamp(product / scale, -1.0, 1.0);
}

double spearman(Numbers left, Numbers right) {
  return pearson(ranks_of(left), ranks_of(right));
}

int sign(double number) {
  return static_cast<int>(number > 0.0) - static_cast<int>(number < 0.0);
}

double kendall(Numbers left, Numbers right) {
  double balance = 0.0;
  double differ_left = 0.0;
  double differ_right = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const int x = sign(left[i] - left[k]);
      const int y = sign(right[i] - right[k]);
      balance += x * y;
      differ_left += std::abs(x);
      differ_right += std::abs(y);
    }
  }
  const double scale = std::sqrt(differ_left * differ_right);
  return scale == 0.0 ? 0.0 : balance / scale;
}

}  // namespace

RankCorrelation rank_correlation(
    std::span<const double> left,
    std::span<const double> right,
    std::int64_t resamples,
    std::uint64_t seed) {
  const auto is_nan = [](double number) { return std::isnan(number); };
  OMPQ_CHECK(
      left.size() == right.size() && left.size() >= 2 &&
          std::ranges::none_of(left, is_nan) &&
          std::ranges::none_of(right, is_nan),
      ErrorCode::InvalidArgument,
      "[metrics] a rank correlation needs two lists of the same length, at "
      "least 2, without NaN; got {} and {} numbers",
      left.size(),
      right.size());
  RankCorrelation result{
      .spearman = spearman(left, right), .kendall = kendall(left, right)};
  result.spearman_low = result.spearman;
  result.spearman_high = result.spearman;
  std::mt19937_64 random(seed);
  std::vector<double> samples;
  std::vector<double> x(left.size());
  std::vector<double> y(left.size());
  for (std::int64_t r = 0; r < resamples; ++r) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t drawn = random() % x.size();
      x[i] = left[drawn];
      y[i] = right[drawn];
    }
    samples.push_back(spearman(x, y));
  }
  if (!samples.empty()) {
    std::ranges::sort(samples);
    const auto at = [&](double share) {
      const double index = share * static_cast<double>(samples.size() - 1);
      return samples[static_cast<std::size_t>(std::lround(index))];
    };
    result.spearman_low = at(0.025);
    result.spearman_high = at(0.975);
  }
  return result;
}

}  // namespace ompq
