// SPDX-License-Identifier: MIT
#include "ompq/allocation/linear_program.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ClpSimplex.hpp>
#include <CoinError.hpp>
#include <CoinPackedMatrix.hpp>

#include "ompq/core/error.h"

namespace ompq {
namespace {

// Solver tolerances, absolute after scaling to coefficients of at most 1.
constexpr double kTolerance = 1e-11;
// Clp's status codes.
constexpr int kClpOptimal = 0;
constexpr int kClpInfeasible = 1;

double largest(const std::vector<double>& numbers) {
  double result = 0.0;
  for (const double number : numbers) {
    result = std::max(result, std::abs(number));
  }
  return result > 0.0 ? result : 1.0;
}

double to_clp(double bound, double scale) {
  return std::isinf(bound) ? std::copysign(COIN_DBL_MAX, bound) : bound / scale;
}

void load(
    const LinearProgram& program, double objective_scale, ClpSimplex& model) {
  CoinPackedMatrix matrix(false, 0.0, 0.0);
  matrix.setDimensions(0, static_cast<int>(program.objective.size()));
  std::vector<double> lower;
  std::vector<double> upper;
  for (const LinearRow& row : program.rows) {
    const double scale = largest(row.coefficients);
    const std::vector<int> columns(row.variables.begin(), row.variables.end());
    std::vector<double> coefficients = row.coefficients;
    for (double& coefficient : coefficients) {
      coefficient /= scale;
    }
    matrix.appendRow(
        static_cast<int>(columns.size()), columns.data(), coefficients.data());
    lower.push_back(to_clp(row.lower, scale));
    upper.push_back(to_clp(row.upper, scale));
  }
  std::vector<double> objective = program.objective;
  for (double& coefficient : objective) {
    // The solver minimises.
    coefficient /= -objective_scale;
  }
  model.loadProblem(
      matrix,
      program.lower.data(),
      program.upper.data(),
      objective.data(),
      lower.data(),
      upper.data());
}

/// Runs the simplex method; true if there is an optimum.
bool solve(ClpSimplex& model) {
  try {
    model.primal();
  } catch (const CoinError& error) {
    fail(ErrorCode::Internal, "[linear_program] solver: {}", error.message());
  }
  OMPQ_CHECK(
      model.status() == kClpOptimal || model.status() == kClpInfeasible,
      ErrorCode::Internal,
      "[linear_program] the solver stopped with status {}",
      model.status());
  return model.status() == kClpOptimal;
}

}  // namespace

LinearSolution solve_linear_program(const LinearProgram& program) {
  const double objective_scale = largest(program.objective);
  ClpSimplex model;
  model.setLogLevel(0);
  model.setPrimalTolerance(kTolerance);
  model.setDualTolerance(kTolerance);
  load(program, objective_scale, model);
  LinearSolution solution;
  if (!solve(model)) {
    return solution;
  }
  solution.status = SolveStatus::Optimal;
  for (std::size_t i = 0; i < program.objective.size(); ++i) {
    const double value = std::clamp(
        model.primalColumnSolution()[i], program.lower[i], program.upper[i]);
    solution.variables.push_back(value);
    solution.objective += program.objective[i] * value;
  }
  for (std::size_t i = 0; i < program.rows.size(); ++i) {
    solution.shadow_prices.push_back(
        -model.dualRowSolution()[i] * objective_scale /
        largest(program.rows[i].coefficients));
  }
  return solution;
}

}  // namespace ompq
