// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "ompq/allocation/solve_status.h"
#include "ompq/core/export.h"

namespace ompq {

/// One row of a linear programme: lower <= sum coefficient x <= upper.
struct LinearRow {
  /// Variables with a coefficient other than 0; each at most once.
  std::vector<std::size_t> variables;
  std::vector<double> coefficients;
  /// May be infinite.
  double lower = 0.0;
  double upper = 0.0;
};

/// maximise objective . x  subject to  lower <= x <= upper  and the rows.
struct LinearProgram {
  std::vector<double> objective;
  std::vector<double> lower;
  std::vector<double> upper;
  std::vector<LinearRow> rows;
};

/// Solution of a linear programme.
struct LinearSolution {
  /// Optimal or Infeasible.
  SolveStatus status = SolveStatus::Infeasible;
  double objective = 0.0;
  std::vector<double> variables;
  /// Dual of each row: gain of the objective per unit of its bound.
  std::vector<double> shadow_prices;
};

/// Solves a linear programme by the simplex method (Clp). The objective and
/// each row are scaled before, so coefficients may be of any magnitude.
/// Deterministic.
///
/// @throws Error{Internal}  the solver gives up, or the optimum is unbounded
[[nodiscard]] OMPQ_API LinearSolution
solve_linear_program(const LinearProgram& program);

}  // namespace ompq
