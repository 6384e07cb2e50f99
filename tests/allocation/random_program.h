// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <random>

#include "ompq/allocation/choice_program.h"

namespace ompq::testing {

/// What a random programme looks like.
struct RandomProgramOptions {
  int classes = 6;
  int choices = 4;
  int budgets = 1;
  /// Share of the way from the smallest to the largest use of each budget.
  double tightness = 0.4;
  /// Values are rounded to few levels, so that many solutions are equal.
  bool has_equal_values = false;
  /// Values rise with the cost, ever more slowly, as errors do with bits.
  bool is_concave = false;
  /// Classes share a few sizes.
  bool has_equal_classes = false;
};

/// Random layers: the choice of b bits costs about size x b in the first
/// budget; the further ones weigh the layers differently.
inline ChoiceProgram random_program(
    std::mt19937_64& engine, const RandomProgramOptions& options) {
  std::uniform_int_distribution<std::int64_t> size(10, 4000);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  ChoiceProgram program;
  program.limits.assign(static_cast<std::size_t>(options.budgets), 0);
  std::vector<std::int64_t> least(program.budgets(), 0);
  std::vector<std::int64_t> most(program.budgets(), 0);
  for (int i = 0; i < options.classes; ++i) {
    std::vector<std::int64_t> sizes;
    for (int k = 0; k < options.budgets; ++k) {
      sizes.push_back(
          options.has_equal_classes ? 100 * (1 + i % 3) : size(engine));
    }
    const double importance =
        options.has_equal_classes ? 1.0 : std::exp(3.0 * unit(engine));
    std::vector<Choice> choices;
    for (int b = 2; b < 2 + options.choices; ++b) {
      Choice choice{.labels = {b, b % 2}};
      choice.value = options.is_concave ? -importance * std::pow(4.0, -b) *
                                              (1.0 + 0.1 * unit(engine))
                                        : importance * unit(engine);
      if (options.has_equal_values) {
        choice.value = std::floor(4.0 * choice.value / importance);
      }
      for (const std::int64_t one : sizes) {
        choice.costs.push_back(one * b);
      }
      choices.push_back(std::move(choice));
    }
    for (std::size_t k = 0; k < program.budgets(); ++k) {
      least[k] += choices.front().costs[k];
      most[k] += choices.back().costs[k];
    }
    program.classes.push_back(std::move(choices));
  }
  for (std::size_t k = 0; k < program.budgets(); ++k) {
    program.limits[k] = least[k] + static_cast<std::int64_t>(
                                       options.tightness *
                                       static_cast<double>(most[k] - least[k]));
  }
  return program;
}

/// The best solution, found by trying all of them; the first among equals.
inline std::optional<Chosen> best_by_enumeration(const ChoiceProgram& program) {
  Chosen chosen(program.classes.size(), 0);
  std::optional<Chosen> best;
  double best_value = 0.0;
  while (true) {
    if (is_feasible(program, chosen) &&
        (!best || value_of(program, chosen) > best_value)) {
      best = chosen;
      best_value = value_of(program, chosen);
    }
    std::size_t i = 0;
    while (i < chosen.size() && ++chosen[i] == program.classes[i].size()) {
      chosen[i++] = 0;
    }
    if (i == chosen.size()) {
      return best;
    }
  }
}

}  // namespace ompq::testing
