// SPDX-License-Identifier: MIT
#include "ompq/allocation/allocate.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "ompq/allocation/feasibility.h"
#include "ompq/allocation/linear_program.h"
#include "ompq/core/error.h"

namespace ompq {
namespace {

/// True if no layer's value depends on its widths.
bool is_degenerate(const AllocationProblem& problem) {
  for (const LayerOptions& layer : problem.layers) {
    for (const WidthOption& option : layer.options) {
      if (option.value != layer.options.front().value) {
        return false;
      }
    }
  }
  return std::ranges::any_of(problem.layers, [](const LayerOptions& layer) {
    return layer.options.size() > 1;
  });
}

/// Prices of the budgets: those of a budget's rows together.
std::vector<double> per_budget_unit(
    const AllocationProblem& problem, std::span<const double> per_cost) {
  std::vector<double> prices;
  for (std::size_t k = 0; k < problem.budgets.size(); ++k) {
    const CostBudget& row = problem.budgets[k];
    prices.resize(std::max(prices.size(), row.source + 1), 0.0);
    prices[row.source] += per_cost[k] * row.cost_per_unit;
  }
  return prices;
}

/// Cost of a layer as a straight line between its end widths.
struct CostLine {
  double at_lowest = 0.0;
  double per_bit = 0.0;
};

CostLine cost_line(const LayerOptions& layer, std::size_t budget) {
  const WidthOption& first = layer.options.front();
  // Options are sorted by weight bits: the first of the last width.
  const WidthOption& last = *std::ranges::find(
      layer.options,
      layer.options.back().bits.weight_bits,
      [](const WidthOption& option) { return option.bits.weight_bits; });
  const int bits = last.bits.weight_bits - first.bits.weight_bits;
  const auto low = static_cast<double>(first.costs[budget]);
  const auto high = static_cast<double>(last.costs[budget]);
  return {.at_lowest = low, .per_bit = bits == 0 ? 0.0 : (high - low) / bits};
}

/// Variables are the bits above the smallest width.
LinearProgram to_linear_program(
    const AllocationProblem& problem, std::span<const double> coefficients) {
  LinearProgram linear;
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    const std::vector<WidthOption>& options = problem.layers[i].options;
    linear.objective.push_back(coefficients[i]);
    linear.lower.push_back(0.0);
    linear.upper.push_back(
        options.back().bits.weight_bits - options.front().bits.weight_bits);
  }
  for (std::size_t k = 0; k < problem.budgets.size(); ++k) {
    LinearRow row{
        .lower = -std::numeric_limits<double>::infinity(),
        .upper = static_cast<double>(problem.budgets[k].limit)};
    for (std::size_t i = 0; i < problem.layers.size(); ++i) {
      const CostLine line = cost_line(problem.layers[i], k);
      row.upper -= line.at_lowest;
      row.variables.push_back(i);
      row.coefficients.push_back(line.per_bit);
    }
    linear.rows.push_back(std::move(row));
  }
  return linear;
}

/// Layers of a group have equal widths, hence equal bits above the smallest.
void add_groups(const AllocationProblem& problem, LinearProgram& linear) {
  for (std::size_t i = 0; i < problem.weight_groups.size(); ++i) {
    const int group = problem.weight_groups[i];
    for (std::size_t j = i; group >= 0 && j-- > 0;) {
      if (problem.weight_groups[j] != group) {
        continue;
      }
      const double offset = problem.layers[j].options.front().bits.weight_bits -
                            problem.layers[i].options.front().bits.weight_bits;
      linear.rows.push_back(
          {.variables = {i, j},
           .coefficients = {1.0, -1.0},
           .lower = offset,
           .upper = offset});
      break;
    }
  }
}

}  // namespace

Allocation allocate(
    const AllocationProblem& problem, const IntegerOptions& options) {
  check_feasible(problem);
  const IntegerSolution solution =
      solve_choice_program(to_choice_program(problem), options);
  if (solution.status == SolveStatus::Infeasible) {
    fail_contradiction(problem);
  }
  Allocation allocation;
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    allocation.plan.layers.push_back(
        problem.layers[i].options[solution.chosen[i]].bits);
  }
  allocation.solver = PlanSolver{
      .method = solution.method,
      .status = std::string(to_string(solution.status)),
      .objective = solution.objective,
      .bound = solution.bound,
      .gap = solution.gap,
      .degenerate_coefficients = is_degenerate(problem)};
  allocation.shadow_prices = per_budget_unit(problem, solution.shadow_prices);
  return allocation;
}

ContinuousAllocation allocate_continuous(
    const AllocationProblem& problem, std::span<const double> coefficients) {
  OMPQ_CHECK(
      coefficients.size() == problem.layers.size(),
      ErrorCode::InvalidArgument,
      "[allocation] expected one coefficient per layer, {}, got {}",
      problem.layers.size(),
      coefficients.size());
  check_feasible(problem);
  LinearProgram linear = to_linear_program(problem, coefficients);
  add_groups(problem, linear);
  const LinearSolution solution = solve_linear_program(linear);
  if (solution.status == SolveStatus::Infeasible) {
    fail_contradiction(problem);
  }
  ContinuousAllocation allocation;
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    const double bits = problem.layers[i].options.front().bits.weight_bits +
                        solution.variables[i];
    allocation.bits.push_back(bits);
    allocation.objective += coefficients[i] * bits;
  }
  allocation.shadow_prices = per_budget_unit(problem, solution.shadow_prices);
  return allocation;
}

}  // namespace ompq
