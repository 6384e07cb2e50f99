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

double error_at(
    const std::map<int, double>& known,
    const std::string& layer,
    int bits,
    const char* option) {
  const auto found = known.find(bits);
  OMPQ_CHECK(
      found != known.end(),
      ErrorCode::InvalidPlan,
      "[search] layer '{}': the error of {} bits was not measured (known "
      "widths: {}); search again with --calib and these {}",
      layer,
      bits,
      measured_widths(known),
      option);
  return found->second;
}

/// v_i(b, a) = -factor_i (error_i(b) + error of activations_i(a)); activations
/// in float have no error, nor have those that were not measured.
LayerValue error_value(
    const LayerTable& layers,
    const ErrorTables& errors,
    std::vector<double> factors) {
  std::vector<std::string> names;
  for (const Layer& layer : layers) {
    names.push_back(layer.name);
  }
  return [names = std::move(names), errors, factors = std::move(factors)](
             std::size_t layer,
             int weight_bits,
             std::optional<int> activation_bits) {
    double error =
        error_at(errors.weights.at(layer), names[layer], weight_bits, "--bits");
    if (activation_bits && !errors.activations.empty()) {
      error += error_at(
          errors.activations.at(layer),
          names[layer],
          *activation_bits,
          "--act-bits");
    }
    return -factors[layer] * error;
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

bool has_activation_choice(const SearchOptions& options) {
  return options.budget.activation_bits.choices.widths.size() > 1;
}

/// Several activation widths need errors to choose by, where the kind has any.
void check_activation_errors(
    const LayerMeasurement& measured, const SearchOptions& options) {
  OMPQ_CHECK(
      !has_activation_choice(options) ||
          !tells_activations(*measured.error_kind) ||
          !measured.activation_errors.empty(),
      ErrorCode::InvalidPlan,
      "[search] --act-bits leaves a choice, but errors of activations were not "
      "measured; search again with --calib and these --act-bits");
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
    check_activation_errors(measured, options);
    return {
        .value = error_value(
            layers,
            {.weights = measured.errors,
             .activations = has_activation_choice(options)
                                ? measured.activation_errors
                                : LayerErrors{}},
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
