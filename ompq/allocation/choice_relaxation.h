// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/allocation/choice_program.h"
#include "ompq/allocation/solve_status.h"

namespace ompq::detail {

/// Relative safety of bounds that are computed in floating point.
inline constexpr double kBoundMargin = 1e-12;

/// Optimum of the linear relaxation: parts of choices may be taken.
struct Relaxation {
  SolveStatus status = SolveStatus::Infeasible;
  /// Multiplier of each budget, >= 0: gain per unit of it.
  std::vector<double> prices;
};

/// Solves the relaxation: for one budget without ties by sorting the increments
/// of the concave hulls, else by the simplex method.
[[nodiscard]] Relaxation relax(const ChoiceProgram& program);

/// value - prices . costs of a choice.
[[nodiscard]] double reduced_value(
    const Choice& choice, const std::vector<double>& prices);

/// For each class the choice of largest reduced value; among equal ones the one
/// of smallest first cost. Classes are not empty; ties are ignored.
[[nodiscard]] Chosen best_at_prices(
    const ChoiceProgram& program, const std::vector<double>& prices);

/// Lagrangian bound: no solution of the programme has a larger value.
///
///   U(prices) = prices . limits + sum_i max_o reduced_value(i, o)
[[nodiscard]] double lagrangian_bound(
    const ChoiceProgram& program, const std::vector<double>& prices);

}  // namespace ompq::detail
