// SPDX-License-Identifier: MIT
#include "ompq/allocation/integer_program.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "ompq/allocation/choice_reduction.h"
#include "ompq/allocation/choice_relaxation.h"
#include "ompq/allocation/choice_search.h"
#include "ompq/allocation/knapsack_core.h"
#include "ompq/allocation/mixed_integer.h"
#include "ompq/core/error.h"

namespace ompq {
namespace {

using detail::ReducedProgram;

// Relative safety of bounds that are computed in floating point.
constexpr double kMargin = 1e-12;
constexpr int kMaxFixingRounds = 4;

void check_choice(
    const Choice& choice, std::size_t budgets, std::size_t i, std::size_t o) {
  OMPQ_CHECK(
      std::isfinite(choice.value),
      ErrorCode::InvalidArgument,
      "[integer_program] class {}, choice {}: expected a finite value, got {}",
      i,
      o,
      choice.value);
  OMPQ_CHECK(
      choice.costs.size() == budgets,
      ErrorCode::InvalidArgument,
      "[integer_program] class {}, choice {}: expected {} costs, got {}",
      i,
      o,
      budgets,
      choice.costs.size());
  for (const std::int64_t cost : choice.costs) {
    OMPQ_CHECK(
        cost >= 0,
        ErrorCode::InvalidArgument,
        "[integer_program] class {}, choice {}: expected a cost of at least 0, "
        "got {}",
        i,
        o,
        cost);
  }
}

void check(const ChoiceProgram& program) {
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    OMPQ_CHECK(
        !program.classes[i].empty(),
        ErrorCode::InvalidArgument,
        "[integer_program] class {} has no choice",
        i);
    for (std::size_t o = 0; o < program.classes[i].size(); ++o) {
      check_choice(program.classes[i][o], program.budgets(), i, o);
    }
  }
  for (const std::vector<int>& groups : program.tie_groups) {
    OMPQ_CHECK(
        groups.empty() || groups.size() == program.classes.size(),
        ErrorCode::InvalidArgument,
        "[integer_program] expected the tie group of {} classes, got {}",
        program.classes.size(),
        groups.size());
  }
}

/// Removes choices that cannot be in a solution better than `start`.
ReducedProgram remove_by_bound(
    const ReducedProgram& reduced,
    const std::vector<double>& prices,
    const Chosen& start) {
  const ChoiceProgram& program = reduced.program;
  const double bound = detail::lagrangian_bound(program, prices);
  const double value = value_of(program, start);
  const double gap =
      bound - value + kMargin * (std::abs(bound) + std::abs(value));
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
      : program_(program),
        options_(options),
        begin_(std::chrono::steady_clock::now()) {}

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
      std::vector<double> prices,
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
    for (int round = 0; start && round < kMaxFixingRounds; ++round) {
      const std::size_t before = count_choices(reduced.program);
      const Chosen original = reduced.to_original(*start);
      reduced = remove_by_bound(reduced, prices, *start);
      start = detail::improve_by_pairs(
          reduced.program, to_reduced(reduced, original));
      if (round > 0 && count_choices(reduced.program) == before) {
        break;
      }
      const detail::Relaxation again = detail::relax(reduced.program);
      if (again.status == SolveStatus::Optimal) {
        prices = again.prices;
      }
    }
    branch_and_cut(reduced, start, solution);
  }

  static std::size_t count_choices(const ChoiceProgram& program) {
    std::size_t count = 0;
    for (const std::vector<Choice>& choices : program.classes) {
      count += choices.size();
    }
    return count;
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
    const std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - begin_;
    const detail::BranchAndCutResult result = detail::solve_by_branch_and_cut(
        reduced.program, start, options_.time_limit_s - elapsed.count());
    OMPQ_CHECK(
        result.is_decided || !result.chosen.empty(),
        ErrorCode::Infeasible,
        "[integer_program] no solution was found within {} s; allow more time",
        options_.time_limit_s);
    solution.status = result.status;
    solution.bound = result.bound;
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
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace

IntegerSolution solve_choice_program(
    const ChoiceProgram& program, const IntegerOptions& options) {
  OMPQ_CHECK(
      options.time_limit_s > 0.0,
      ErrorCode::InvalidArgument,
      "[integer_program] time_limit_s: expected a number above 0, got {}",
      options.time_limit_s);
  check(program);
  const int exponent = value_exponent(program);
  const ChoiceProgram scaled = with_scaled_values(program, exponent);
  IntegerSolution solution = ChoiceSolver(scaled, options).solve();
  solution.objective = std::ldexp(solution.objective, -exponent);
  solution.bound = std::ldexp(solution.bound, -exponent);
  for (double& price : solution.shadow_prices) {
    price = std::ldexp(price, -exponent);
  }
  return solution;
}

}  // namespace ompq
