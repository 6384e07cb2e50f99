// SPDX-License-Identifier: MIT
#include "ompq/allocation/importance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

// Below this a double keeps fewer digits; 1e-290 leaves room for products.
constexpr double kSmallestTheta = 1e-290;

void check(std::span<const double> gamma, const ImportanceOptions& options) {
  OMPQ_CHECK(
      options.function != DecreasingFunction::Exponential ||
          (std::isfinite(options.beta) && options.beta > 0.0),
      ErrorCode::InvalidArgument,
      "[importance] beta: expected a number above 0, got {}",
      options.beta);
  OMPQ_CHECK(
      options.groups.empty() || options.groups.size() == gamma.size(),
      ErrorCode::InvalidArgument,
      "[importance] groups: expected one per layer, {}, got {}",
      gamma.size(),
      options.groups.size());
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    // An unbiased estimate may fall below 0 by a little.
    OMPQ_CHECK(
        std::isfinite(gamma[i]),
        ErrorCode::InvalidArgument,
        "[importance] gamma of layer {}: expected a finite number, got {}",
        i,
        gamma[i]);
  }
}

double theta_of(double gamma, double reference, const ImportanceOptions& o) {
  switch (o.function) {
    case DecreasingFunction::Exponential:
      return std::exp(-o.beta * (gamma - reference));
    case DecreasingFunction::Logarithm:
      return -std::log(gamma);
    case DecreasingFunction::Linear:
      return -gamma;
    case DecreasingFunction::Cube:
      return -gamma * gamma * gamma;
    case DecreasingFunction::NegativeExponential:
      return -std::exp(gamma);
  }
  return 0.0;
}

std::vector<double> all_theta(
    std::span<const double> gamma,
    double reference,
    const ImportanceOptions& options) {
  std::vector<double> theta(gamma.size());
  for (std::size_t i = 0; i < gamma.size(); ++i) {
    theta[i] = theta_of(gamma[i], reference, options);
    OMPQ_CHECK(
        std::isfinite(theta[i]),
        ErrorCode::Degenerate,
        "[importance] layer {}: function '{}' of gamma {} is {}; use another "
        "function",
        i,
        to_string(options.function),
        gamma[i],
        theta[i]);
  }
  return theta;
}

std::vector<double> group_means(
    std::span<const double> theta, const std::vector<int>& groups) {
  std::map<int, std::pair<double, double>> sums;
  for (std::size_t i = 0; i < theta.size(); ++i) {
    auto& [sum, count] = sums[groups[i]];
    sum += theta[i];
    count += 1.0;
  }
  std::vector<double> means(theta.size());
  for (std::size_t i = 0; i < theta.size(); ++i) {
    const auto& [sum, count] = sums[groups[i]];
    means[i] = sum / count;
  }
  return means;
}

}  // namespace

std::string_view to_string(DecreasingFunction function) {
  switch (function) {
    case DecreasingFunction::Exponential:
      return "exp";
    case DecreasingFunction::Logarithm:
      return "log";
    case DecreasingFunction::Linear:
      return "linear";
    case DecreasingFunction::Cube:
      return "cube";
    case DecreasingFunction::NegativeExponential:
      return "negative-exp";
  }
  return "exp";
}

DecreasingFunction parse_decreasing_function(std::string_view name) {
  for (const DecreasingFunction function : kDecreasingFunctions) {
    if (to_string(function) == name) {
      return function;
    }
  }
  fail(
      ErrorCode::InvalidArgument,
      "unknown decreasing function '{}'; expected exp, log, linear, cube or "
      "negative-exp",
      name);
}

std::vector<double> suffix_means(std::span<const double> numbers) {
  std::vector<double> means(numbers.size());
  double sum = 0.0;
  for (std::size_t i = numbers.size(); i-- > 0;) {
    sum += numbers[i];
    means[i] = sum / static_cast<double>(numbers.size() - i);
  }
  return means;
}

Importance importance(
    std::span<const double> gamma, const ImportanceOptions& options) {
  check(gamma, options);
  Importance result;
  if (gamma.empty()) {
    return result;
  }
  result.theta = all_theta(gamma, 0.0, options);
  if (options.function == DecreasingFunction::Exponential &&
      *std::ranges::max_element(result.theta) < kSmallestTheta) {
    result.underflow = true;
    result.theta = all_theta(gamma, *std::ranges::min_element(gamma), options);
  }
  if (!options.groups.empty()) {
    result.theta = group_means(result.theta, options.groups);
  }
  std::vector<double> shifted = result.theta;
  const double smallest = *std::ranges::min_element(shifted);
  if (smallest < 0.0) {
    for (double& theta : shifted) {
      theta -= smallest;
    }
  }
  result.coefficients = suffix_means(shifted);
  return result;
}

}  // namespace ompq
