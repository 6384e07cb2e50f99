// SPDX-License-Identifier: MIT
#include "ompq/quantization/error_power.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ompq::detail {
namespace {

constexpr std::size_t kTerms = ErrorPower::kTerms;
constexpr double kMost = 0.5;

std::array<double, kTerms> chebyshev_nodes() {
  std::array<double, kTerms> nodes{};
  for (std::size_t i = 0; i < kTerms; ++i) {
    const double angle =
        std::numbers::pi * (static_cast<double>(i) + 0.5) / kTerms;
    nodes[i] = 0.5 * kMost * (1.0 + std::cos(angle));
  }
  return nodes;
}

/// Coefficients of the polynomial through e^exponent in the nodes.
std::array<double, kTerms> interpolate(double exponent) {
  const std::array<double, kTerms> nodes = chebyshev_nodes();
  std::array<double, kTerms> differences{};
  for (std::size_t i = 0; i < kTerms; ++i) {
    differences[i] = std::pow(nodes[i], exponent);
  }
  for (std::size_t order = 1; order < kTerms; ++order) {
    for (std::size_t i = kTerms - 1; i >= order; --i) {
      differences[i] =
          (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order]);
    }
  }
  // Newton's form, from the inside out: p <- p * (e - node) + difference.
  std::array<double, kTerms> coefficients{};
  for (std::size_t i = kTerms; i-- > 0;) {
    for (std::size_t j = kTerms - 1; j > 0; --j) {
      coefficients[j] = coefficients[j - 1] - nodes[i] * coefficients[j];
    }
    coefficients[0] = differences[i] - nodes[i] * coefficients[0];
  }
  return coefficients;
}

}  // namespace

ErrorPower::ErrorPower(double power)
    : power_(power), average_(std::pow(kMost, power) / (power + 1.0)) {
  const std::array<double, kTerms> coefficients = interpolate(power - 1.0);
  std::copy(coefficients.begin(), coefficients.end(), polynomial_.begin());
  double worst = 0.0;
  constexpr int kChecks = 200;
  for (int i = 0; i <= kChecks; ++i) {
    const double error = kMost * i / kChecks;
    double value = 0.0;
    for (std::size_t j = kTerms; j-- > 0;) {
      value = value * error + static_cast<double>(polynomial_[j]);
    }
    worst = std::max(worst, std::abs(value * error - std::pow(error, power)));
  }
  constexpr double kTolerance = 0.005;
  has_polynomial_ = worst < kTolerance * average();
}

}  // namespace ompq::detail
