// SPDX-License-Identifier: MIT
#include "ompq/allocation/mixed_integer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <CbcHeuristic.hpp>
#include <CbcHeuristicLocal.hpp>
#include <CbcModel.hpp>
#include <CglKnapsackCover.hpp>
#include <CglMixedIntegerRounding2.hpp>
#include <CglProbing.hpp>
#include <CoinError.hpp>
#include <CoinPackedMatrix.hpp>
#include <CoinPackedVector.hpp>
#include <OsiClpSolverInterface.hpp>

#include "ompq/allocation/choice_rows.h"
#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"

namespace ompq::detail {
namespace {

// Values are scaled so that the largest gain of a class is this.
constexpr double kValueScale = 1e4;
// Smallest improvement worth a branch: 1e-13 of the largest gain.
constexpr double kCutoffIncrement = 1e-9;
constexpr double kTolerance = 1e-9;

double to_solver(double bound) {
  return std::isinf(bound) ? std::copysign(COIN_DBL_MAX, bound) : bound;
}

double value_scale(const LinearProgram& linear) {
  double largest = 0.0;
  for (const double gain : linear.objective) {
    largest = std::max(largest, std::abs(gain));
  }
  const double scale = kValueScale / largest;
  return largest > 0.0 && std::isfinite(scale) ? scale : 1.0;
}

CoinPackedVector to_vector(const LinearRow& row) {
  const std::vector<int> columns(row.variables.begin(), row.variables.end());
  return {
      static_cast<int>(columns.size()),
      columns.data(),
      row.coefficients.data()};
}

void load(
    const LinearProgram& linear, double scale, OsiClpSolverInterface& solver) {
  solver.messageHandler()->setLogLevel(0);
  solver.getModelPtr()->setLogLevel(0);
  const int variables = static_cast<int>(linear.objective.size());
  CoinPackedMatrix matrix(false, 0.0, 0.0);
  matrix.setDimensions(0, variables);
  std::vector<double> lower;
  std::vector<double> upper;
  for (const LinearRow& row : linear.rows) {
    matrix.appendRow(to_vector(row));
    lower.push_back(to_solver(row.lower));
    upper.push_back(to_solver(row.upper));
  }
  std::vector<double> objective;
  for (const double gain : linear.objective) {
    // The solver minimises.
    objective.push_back(-scale * gain);
  }
  solver.loadProblem(
      matrix,
      linear.lower.data(),
      linear.upper.data(),
      objective.data(),
      lower.data(),
      upper.data());
  for (int j = 0; j < variables; ++j) {
    solver.setInteger(j);
  }
}

void configure(CbcModel& model, double time_limit_s) {
  model.setLogLevel(0);
  model.messageHandler()->setLogLevel(0);
  model.solver()->messageHandler()->setLogLevel(0);
  model.setDblParam(CbcModel::CbcCutoffIncrement, kCutoffIncrement);
  model.setAllowableGap(0.0);
  model.setAllowableFractionGap(0.0);
  model.setIntegerTolerance(kTolerance);
  model.solver()->setDblParam(OsiPrimalTolerance, kTolerance);
  model.solver()->setDblParam(OsiDualTolerance, kTolerance);
  model.setUseElapsedTime(true);
  model.setMaximumSeconds(time_limit_s);
  CglKnapsackCover covers;
  CglMixedIntegerRounding2 rounding;
  CglProbing probing;
  model.addCutGenerator(&probing, -1, "probing");
  model.addCutGenerator(&covers, -1, "covers");
  model.addCutGenerator(&rounding, -1, "rounding");
  CbcRounding rounded(model);
  model.addHeuristic(&rounded);
  CbcHeuristicLocal local(model);
  model.addHeuristic(&local);
}

void run(CbcModel& model) {
  try {
    model.branchAndBound();
  } catch (const CoinError& error) {
    fail(ErrorCode::Internal, "[mixed_integer] solver: {}", error.message());
  }
}

/// The choice of each class whose variable is largest.
Chosen to_chosen(const ChoiceProgram& program, const double* solution) {
  Chosen chosen;
  for (const std::vector<Choice>& choices : program.classes) {
    const double* end = solution + choices.size();
    chosen.push_back(
        static_cast<std::size_t>(std::max_element(solution, end) - solution));
    solution = end;
  }
  return chosen;
}

/// Forbids one solution.
void cut_off(
    const ChoiceProgram& program,
    const Chosen& chosen,
    OsiClpSolverInterface& solver) {
  LinearRow row{.lower = -std::numeric_limits<double>::infinity()};
  std::size_t first = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    row.variables.push_back(first + chosen[i]);
    row.coefficients.push_back(1.0);
    first += program.classes[i].size();
  }
  row.upper = static_cast<double>(chosen.size()) - 1.0;
  solver.addRow(to_vector(row), to_solver(row.lower), row.upper);
}

}  // namespace

BranchAndCutResult solve_by_branch_and_cut(
    const ChoiceProgram& program,
    const std::optional<Chosen>& start,
    double time_limit_s) {
  const Stopwatch stopwatch;
  const ChoiceRows rows = to_rows(program);
  const double scale = value_scale(rows.linear);
  const double base = value_of(program, Chosen(program.classes.size(), 0));
  OsiClpSolverInterface solver;
  load(rows.linear, scale, solver);
  while (true) {
    CbcModel model(solver);
    configure(model, std::max(0.01, time_limit_s - stopwatch.seconds()));
    if (start) {
      model.setCutoff(
          -scale * (value_of(program, *start) - base) + kCutoffIncrement);
    }
    run(model);
    BranchAndCutResult result;
    result.is_decided = model.status() == 0;
    result.bound = base - model.getBestPossibleObjValue() / scale;
    if (model.bestSolution() != nullptr) {
      result.chosen = to_chosen(program, model.bestSolution());
      if (!is_feasible(program, result.chosen)) {
        cut_off(program, result.chosen, solver);
        continue;
      }
    } else if (start) {
      // Nothing better than the start exists, or was found in time.
      result.chosen = *start;
    } else {
      return result;
    }
    result.status =
        result.is_decided ? SolveStatus::Optimal : SolveStatus::Feasible;
    return result;
  }
}

}  // namespace ompq::detail
