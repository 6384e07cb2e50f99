// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Decreasing function that turns gamma into an importance.
enum class DecreasingFunction {
  /// theta = exp(-beta gamma); the paper's choice.
  Exponential,
  /// theta = -log gamma
  Logarithm,
  /// theta = -gamma
  Linear,
  /// theta = -gamma^3
  Cube,
  /// theta = -exp(gamma)
  NegativeExponential,
};

inline constexpr std::array<DecreasingFunction, 5> kDecreasingFunctions{
    DecreasingFunction::Exponential,
    DecreasingFunction::Logarithm,
    DecreasingFunction::Linear,
    DecreasingFunction::Cube,
    DecreasingFunction::NegativeExponential};

/// Name on the command line: "exp", "log", "linear", "cube", "negative-exp".
[[nodiscard]] OMPQ_API std::string_view to_string(DecreasingFunction function);

/// The function of that name.
///
/// @throws Error{InvalidArgument}  unknown; lists the names
[[nodiscard]] OMPQ_API DecreasingFunction
parse_decreasing_function(std::string_view name);

/// How gamma becomes the coefficients of the objective.
struct ImportanceOptions {
  DecreasingFunction function = DecreasingFunction::Exponential;
  /// Steepness of the exponential, > 0; the other functions have none.
  double beta = 0.1;
  /// Group of each layer (block, stage, net); theta of a group is the mean of
  /// its layers. Empty = every layer for itself.
  std::vector<int> groups;
};

/// Importance of every layer; index = LayerId.
struct Importance {
  /// f(gamma), after averaging in groups; higher = more bits are worth more.
  std::vector<double> theta;
  /// c_i = mean over j >= i of theta_j, less the smallest theta where one is
  /// negative.
  std::vector<double> coefficients;
  /// True if exp(-beta gamma) was too small for a double in every layer; theta
  /// is then relative to the largest one (the objective's scale is free).
  bool underflow = false;
};

/// Importance of the layers from their total orthogonality.
///
///   theta_i = f(gamma_i);  c_i = 1 / (L - i) sum_{j >= i} theta_j
///
/// All functions but the exponential give negative values. Used as they are
/// they would give every layer its lowest width whatever the budget, so that no
/// ranking were left; theta is therefore shifted by its smallest value before
/// the means are taken. A shift by a constant keeps the order of the layers.
///
/// @param gamma  row sums of the orthogonality matrix less one
/// @throws Error{InvalidArgument}  beta <= 0, gamma not finite, or
///                                 groups of another length
/// @throws Error{Degenerate}       theta is infinite (gamma 0 under the
///                                 logarithm, gamma above 709 under -exp)
/// @source the paper, section on the linear programme; the shift is ours
[[nodiscard]] OMPQ_API Importance importance(
    std::span<const double> gamma, const ImportanceOptions& options = {});

/// Means over the layers from each one to the last: c_i = mean_{j >= i} x_j.
[[nodiscard]] OMPQ_API std::vector<double> suffix_means(
    std::span<const double> numbers);

}  // namespace ompq
