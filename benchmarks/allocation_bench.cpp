// SPDX-License-Identifier: MIT
//
// Time to choose the widths of L layers, 2 to 8 bits each, proved optimal:
//   exact/L/K/concave/seed   the product's method
//   cbc/L/K/concave/seed     branch and cut on the whole programme
#include <cmath>
#include <random>

#include <benchmark/benchmark.h>

#include "ompq/allocation/integer_program.h"

#include "tests/allocation/random_program.h"

namespace {

constexpr int kWidths = 7;

ompq::ChoiceProgram make_program(const benchmark::State& state) {
  std::mt19937_64 engine(static_cast<std::uint64_t>(state.range(3)));
  return ompq::testing::random_program(
      engine,
      {.classes = static_cast<int>(state.range(0)),
       .choices = kWidths,
       .budgets = static_cast<int>(state.range(1)),
       .is_concave = state.range(2) != 0});
}

void solve(
    benchmark::State& state,
    const ompq::ChoiceProgram& program,
    ompq::IntegerMethod method) {
  ompq::IntegerSolution solution;
  for (auto _ : state) {
    solution = ompq::solve_choice_program(program, {.method = method});
    benchmark::DoNotOptimize(solution);
  }
  if (solution.status != ompq::SolveStatus::Optimal ||
      !ompq::is_feasible(program, solution.chosen)) {
    state.SkipWithError("not proved optimal, or over a budget");
  }
}

void exact(benchmark::State& state) {
  solve(state, make_program(state), ompq::IntegerMethod::Automatic);
}

void cbc(benchmark::State& state) {
  const ompq::ChoiceProgram program = make_program(state);
  const double ours = ompq::solve_choice_program(program).objective;
  const double theirs =
      ompq::solve_choice_program(
          program, {.method = ompq::IntegerMethod::BranchAndCut})
          .objective;
  if (std::abs(ours - theirs) > 1e-9 * std::abs(theirs)) {
    state.SkipWithError("the two methods disagree");
    return;
  }
  solve(state, program, ompq::IntegerMethod::BranchAndCut);
}

}  // namespace

BENCHMARK(exact)
    ->ArgsProduct({{200}, {1, 2, 3}, {0, 1}, {1, 2, 3, 4, 5}})
    ->ArgsProduct({{50, 1000}, {1}, {0, 1}, {1}})
    ->Unit(benchmark::kMillisecond);
BENCHMARK(cbc)
    ->ArgsProduct({{200}, {1}, {0, 1}, {1, 2}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
