// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

#include "ompq/quantization/integer_grid.h"

namespace ompq::test {

/// The number that ONNX's QuantizeLinear and DequantizeLinear make of x.
inline double requantized(
    float x, const IntegerGrid& grid, const AffineParameters& parameters) {
  const double code = std::clamp(
      std::nearbyint(static_cast<double>(x / parameters.scale)) +
          parameters.zero_point,
      static_cast<double>(grid.lowest()),
      static_cast<double>(grid.highest()));
  return static_cast<double>(
      static_cast<float>(code - parameters.zero_point) * parameters.scale);
}

/// sum importance * |x - fq(x)|^power in float64.
inline double plain_loss(
    std::span<const float> row,
    std::span<const float> importance,
    const IntegerGrid& grid,
    const AffineParameters& parameters,
    double power) {
  double sum = 0.0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double error = std::abs(
        static_cast<double>(row[i]) - requantized(row[i], grid, parameters));
    const double loss = power == 2.0 ? error * error : std::pow(error, power);
    sum +=
        importance.empty() ? loss : loss * static_cast<double>(importance[i]);
  }
  return sum;
}

struct BruteForce {
  int scales = 400;
  bool is_symmetric = false;
};

/// Least loss over a fine grid of scales, a tenth of the range to 1.3 times as
/// much, and over the zero points that leave the grid near the range.
inline double brute_force_loss(
    std::span<const float> row,
    std::span<const float> importance,
    const IntegerGrid& grid,
    double power,
    const BruteForce& options) {
  const auto [least, most] = std::minmax_element(row.begin(), row.end());
  const double low = std::min(0.0, static_cast<double>(*least));
  const double high = std::max(0.0, static_cast<double>(*most));
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < options.scales; ++i) {
    const double share = 0.1 * std::pow(13.0, i / (options.scales - 1.0));
    const double range =
        options.is_symmetric ? 2.0 * std::max(high, -low) : high - low;
    const double scale = share * range / grid.steps();
    const double a = grid.lowest() - low / scale;
    const double b = grid.highest() - high / scale;
    int first = static_cast<int>(std::floor(std::min(a, b))) - 1;
    int last = static_cast<int>(std::ceil(std::max(a, b))) + 1;
    first = std::max(first, grid.lowest());
    last = std::min(last, grid.highest());
    if (options.is_symmetric) {
      first = last = grid.is_signed ? 0 : 1 << (grid.bits - 1);
    }
    for (int zero_point = first; zero_point <= last; ++zero_point) {
      const AffineParameters candidate{
          .scale = static_cast<float>(scale), .zero_point = zero_point};
      best =
          std::min(best, plain_loss(row, importance, grid, candidate, power));
    }
  }
  return best;
}

enum class Distribution { Gaussian, Laplacian, Skewed, Positive };

inline std::vector<float> random_row(
    Distribution distribution, std::int64_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::exponential_distribution<double> exponential;
  std::vector<float> row(static_cast<std::size_t>(size));
  for (float& value : row) {
    double x = normal(generator);
    if (distribution == Distribution::Laplacian) {
      x = (x < 0.0 ? -1.0 : 1.0) * exponential(generator);
    } else if (distribution == Distribution::Skewed) {
      x = exponential(generator) + 0.2 * x - 0.4;
    } else if (distribution == Distribution::Positive) {
      x = std::abs(x);
    }
    value = static_cast<float>(0.03 * x);
  }
  return row;
}

}  // namespace ompq::test
