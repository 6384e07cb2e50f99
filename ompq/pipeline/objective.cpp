// SPDX-License-Identifier: MIT
#include "ompq/pipeline/objective.h"

#include <algorithm>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/random_stream.h"

namespace ompq {
namespace {

std::vector<double> random_coefficients(
    std::size_t layers, std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<double> coefficients(layers);
  for (double& coefficient : coefficients) {
    coefficient = static_cast<double>((random.next() >> 11U) + 1) * 0x1p-53;
  }
  return coefficients;
}

/// theta without negative values.
std::vector<double> positive(std::vector<double> theta) {
  const double smallest = *std::ranges::min_element(theta);
  if (smallest < 0.0) {
    for (double& each : theta) {
      each -= smallest;
    }
  }
  return theta;
}

std::string measured_widths(const std::map<int, double>& errors) {
  std::vector<int> widths;
  for (const auto& [bits, error] : errors) {
    widths.push_back(bits);
  }
  return widths.empty() ? "none" : fmt::format("{}", fmt::join(widths, ", "));
}

/// v_i(b) = -factor_i error_i(b)
LayerValue error_value(
    const LayerTable& layers,
    const LayerErrors& errors,
    std::vector<double> factors) {
  std::vector<std::string> names;
  for (const Layer& layer : layers) {
    names.push_back(layer.name);
  }
  return [names = std::move(names), errors, factors = std::move(factors)](
             std::size_t layer, int weight_bits, std::optional<int>) {
    const std::map<int, double>& known = errors.at(layer);
    const auto found = known.find(weight_bits);
    OMPQ_CHECK(
        found != known.end(),
        ErrorCode::InvalidPlan,
        "[search] layer '{}': the error of {} bits was not measured (known "
        "widths: {}); search again with --calib and these --bits",
        names[layer],
        weight_bits,
        measured_widths(known));
    return -factors[layer] * found->second;
  };
}

void check_errors(const LayerMeasurement& measured, Score score) {
  OMPQ_CHECK(
      measured.error_kind == error_of(score),
      ErrorCode::InvalidPlan,
      "[search] --score {} needs errors of the kind '{}'; what was measured "
      "holds {}; search again with --calib",
      enum_name(score),
      enum_name(*error_of(score)),
      measured.error_kind
          ? fmt::format("the kind '{}'", enum_name(*measured.error_kind))
          : "no errors");
}

void check_orthogonality(
    const std::optional<Importance>& importance, Score score) {
  OMPQ_CHECK(
      importance.has_value(),
      ErrorCode::InvalidPlan,
      "[search] --score {} needs the orthogonality of the layers; what was "
      "measured holds none; search again with --calib",
      enum_name(score));
}

}  // namespace

Objective make_objective(
    const LayerTable& layers,
    const LayerMeasurement& measured,
    const std::optional<Importance>& importance,
    const SearchOptions& options) {
  const Score score = options.score;
  if (needs_orthogonality(score)) {
    check_orthogonality(importance, score);
  }
  if (error_of(score).has_value()) {
    check_errors(measured, score);
    return {
        .value = error_value(
            layers,
            measured.errors,
            score == Score::OmpqError
                ? positive(importance->theta)
                : std::vector<double>(layers.size(), 1.0))};
  }
  Objective result;
  if (score == Score::Ompq) {
    result.coefficients = importance->coefficients;
  } else if (score == Score::Random) {
    result.coefficients = random_coefficients(layers.size(), options.seed);
  } else {
    result.coefficients.assign(layers.size(), 1.0);
  }
  result.value = linear_value(result.coefficients);
  return result;
}

}  // namespace ompq
