// SPDX-License-Identifier: MIT
#include "ompq/allocation/integer_program.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "ompq/allocation/choice_reduction.h"
#include "ompq/allocation/choice_relaxation.h"
#include "ompq/allocation/choice_search.h"
#include "ompq/allocation/gap_enumeration.h"
#include "ompq/allocation/knapsack_core.h"
#include "ompq/allocation/mixed_integer.h"
#include "ompq/allocation/tie_merging.h"
#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"

namespace ompq {
namespace {

using detail::ReducedProgram;

// Effort of the enumeration before branch and cut takes over.
constexpr double kMaxNodes = 6e7;
constexpr double kNodesPerS = 5e7;

/// Removes choices that cannot be in a solution better than `start`.
ReducedProgram remove_by_bound(
    const ReducedProgram& reduced,
    const std::vector<double>& prices,
    const Chosen& start) {
  const ChoiceProgram& program = reduced.program;
  const double bound = detail::lagrangian_bound(program, prices);
  const double value = value_of(program, start);
  const double gap = bound - value +
                     detail::kBoundMargin * (std::abs(bound) + std::abs(value));
  const Chosen best = detail::best_at_prices(program, prices);
  std::vector<std::vector<bool>> flags;
  for (std::size_t i = 0; i < best.size(); ++i) {
    const std::vector<Choice>& choices = program.classes[i];
    const double largest = detail::reduced_value(choices[best[i]], prices);
    std::vector<bool> stays;
    for (std::size_t o = 0; o < choices.size(); ++o) {
      stays.push_back(
          o == start[i] ||
          largest - detail::reduced_value(choices[o], prices) <= gap);
    }
    flags.push_back(std::move(stays));
  }
  return keep(reduced, flags);
}

/// The choices of `chosen`, which are all left in `reduced`, as its indices.
Chosen to_reduced(const ReducedProgram& reduced, const Chosen& chosen) {
  Chosen result;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const std::vector<std::size_t>& original = reduced.original[i];
    std::size_t o = 0;
    while (original[o] != chosen[i]) {
      ++o;
    }
    result.push_back(o);
  }
  return result;
}

/// Power of two that brings the largest difference of values in a class to
/// about 1; multiplying by it is exact.
int value_exponent(const ChoiceProgram& program) {
  double largest = 0.0;
  for (const std::vector<Choice>& choices : program.classes) {
    for (const Choice& choice : choices) {
      largest =
          std::max(largest, std::abs(choice.value - choices.front().value));
    }
  }
  return largest > 0.0 && std::isfinite(largest) ? -std::ilogb(largest) : 0;
}

ChoiceProgram with_scaled_values(const ChoiceProgram& program, int exponent) {
  ChoiceProgram scaled = program;
  for (std::vector<Choice>& choices : scaled.classes) {
    for (Choice& choice : choices) {
      choice.value = std::ldexp(choice.value, exponent);
    }
  }
  return scaled;
}

class ChoiceSolver {
 public:
  ChoiceSolver(const ChoiceProgram& program, const IntegerOptions& options)
      : program_(program), options_(options) {}

  IntegerSolution solve() {
    IntegerSolution solution;
    ReducedProgram reduced = detail::remove_dominated(
        detail::remove_oversized(detail::unreduced(program_)));
    if (detail::has_empty_class(reduced.program)) {
      return solution;
    }
    const detail::Relaxation relaxation = detail::relax(reduced.program);
    if (relaxation.status == SolveStatus::Infeasible) {
      return solution;
    }
    solution.shadow_prices = relaxation.prices;
    if (options_.method == IntegerMethod::BranchAndCut) {
      reduced = detail::unreduced(program_);
      branch_and_cut(reduced, std::nullopt, solution);
    } else if (!program_.is_free()) {
      branch_and_cut(reduced, std::nullopt, solution);
    } else {
      solve_free(std::move(reduced), relaxation.prices, solution);
    }
    finish(solution);
    return solution;
  }

 private:
  void solve_free(
      ReducedProgram reduced,
      const std::vector<double>& prices,
      IntegerSolution& solution) {
    std::optional<Chosen> start =
        detail::feasible_near(reduced.program, prices);
    if (start) {
      start = detail::improve_by_swaps(reduced.program, std::move(*start));
    }
    if (program_.budgets() == 0) {
      take(reduced, *start, "core", solution);
      return;
    }
    if (program_.budgets() == 1) {
      if (const auto chosen =
              detail::solve_knapsack_core(reduced.program, prices[0], *start)) {
        take(reduced, *chosen, "core", solution);
        return;
      }
    }
    if (program_.budgets() > 1 && start) {
      const detail::GapEnumeration found = detail::enumerate_gap(
          reduced.program,
          prices,
          *start,
          {.max_nodes = std::llround(
               std::min(kMaxNodes, options_.time_limit_s * kNodesPerS))});
      if (found.is_optimal) {
        take(reduced, found.chosen, "enumeration", solution);
        return;
      }
      const Chosen original = reduced.to_original(found.chosen);
      reduced = remove_by_bound(reduced, prices, found.chosen);
      start = to_reduced(reduced, original);
      bound_ = found.bound;
    }
    branch_and_cut(reduced, start, solution);
  }

  static void take(
      const ReducedProgram& reduced,
      const Chosen& chosen,
      const char* method,
      IntegerSolution& solution) {
    solution.status = SolveStatus::Optimal;
    solution.chosen = reduced.to_original(chosen);
    solution.method = method;
  }

  void branch_and_cut(
      const ReducedProgram& reduced,
      const std::optional<Chosen>& start,
      IntegerSolution& solution) {
    const detail::BranchAndCutResult result = detail::solve_by_branch_and_cut(
        reduced.program, start, options_.time_limit_s - stopwatch_.seconds());
    OMPQ_CHECK(
        result.is_decided || !result.chosen.empty(),
        ErrorCode::Infeasible,
        "[integer_program] no solution was found within {} s; allow more time",
        options_.time_limit_s);
    solution.status = result.status;
    solution.bound = std::min(bound_, result.bound);
    solution.method = "branch-and-cut";
    if (result.status != SolveStatus::Infeasible) {
      solution.chosen = reduced.to_original(result.chosen);
    }
  }

  void finish(IntegerSolution& solution) const {
    if (solution.status == SolveStatus::Infeasible) {
      return;
    }
    // Gains too small for the solver's precision are taken afterwards.
    solution.chosen = detail::earlier_first(
        program_,
        detail::improve_by_swaps(program_, std::move(solution.chosen)));
    solution.objective = value_of(program_, solution.chosen);
    if (solution.status == SolveStatus::Optimal) {
      solution.bound = solution.objective;
    }
    solution.bound = std::max(solution.bound, solution.objective);
    const double magnitude = std::max(
        std::abs(solution.objective), std::numeric_limits<double>::min());
    solution.gap = (solution.bound - solution.objective) / magnitude;
  }

  const ChoiceProgram& program_;
  const IntegerOptions& options_;
  Stopwatch stopwatch_;
  double bound_ = std::numeric_limits<double>::infinity();
};

/// Solves the programme, or the one with tied classes merged where possible.
IntegerSolution solve_merged(
    const ChoiceProgram& program, const IntegerOptions& options) {
  if (!program.is_free() && options.method == IntegerMethod::Automatic) {
    if (const auto merged = detail::merge_ties(program)) {
      if (detail::has_empty_class(merged->program)) {
        return {};
      }
      IntegerSolution solution = ChoiceSolver(merged->program, options).solve();
      if (solution.status != SolveStatus::Infeasible) {
        solution.chosen = merged->to_original(solution.chosen);
      }
      return solution;
    }
  }
  return ChoiceSolver(program, options).solve();
}

}  // namespace

IntegerSolution solve_choice_program(
    const ChoiceProgram& program, const IntegerOptions& options) {
  OMPQ_CHECK(
      options.time_limit_s > 0.0,
      ErrorCode::InvalidArgument,
      "[integer_program] time_limit_s: expected a number above 0, got {}",
      options.time_limit_s);
  check_choice_program(program);
  const int exponent = value_exponent(program);
  const ChoiceProgram scaled = with_scaled_values(program, exponent);
  IntegerSolution solution = solve_merged(scaled, options);
  solution.objective = std::ldexp(solution.objective, -exponent);
  solution.bound = std::ldexp(solution.bound, -exponent);
  for (double& price : solution.shadow_prices) {
    price = std::ldexp(price, -exponent);
  }
  return solution;
}

}  // namespace ompq
