// SPDX-License-Identifier: MIT
#include "ompq/allocation/choice_relaxation.h"

#include <algorithm>
#include <cstdint>

#include "ompq/allocation/choice_rows.h"
#include "ompq/allocation/linear_program.h"

namespace ompq::detail {
namespace {

/// A step along the concave hull of a class.
struct Increment {
  double price = 0.0;
  std::int64_t cost = 0;
};

double slope(const Choice& from, const Choice& to) {
  return (to.value - from.value) /
         static_cast<double>(to.costs[0] - from.costs[0]);
}

/// Appends the steps of the upper concave hull with positive slope; returns the
/// cost of its first corner, the best among the cheapest choices.
std::int64_t append_hull(
    const std::vector<Choice>& choices, std::vector<Increment>& increments) {
  std::vector<const Choice*> sorted;
  for (const Choice& choice : choices) {
    sorted.push_back(&choice);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return a->costs[0] != b->costs[0] ? a->costs[0] < b->costs[0]
                                      : a->value > b->value;
  });
  std::vector<const Choice*> hull;
  for (const Choice* next : sorted) {
    if (!hull.empty() && next->value <= hull.back()->value) {
      continue;
    }
    while (hull.size() > 1 && slope(*hull[hull.size() - 2], *hull.back()) <=
                                  slope(*hull.back(), *next)) {
      hull.pop_back();
    }
    hull.push_back(next);
  }
  for (std::size_t i = 1; i < hull.size(); ++i) {
    increments.push_back(
        {.price = slope(*hull[i - 1], *hull[i]),
         .cost = hull[i]->costs[0] - hull[i - 1]->costs[0]});
  }
  return hull.front()->costs[0];
}

Relaxation relax_one_budget(const ChoiceProgram& program) {
  std::vector<Increment> increments;
  std::int64_t left = program.limits[0];
  for (const std::vector<Choice>& choices : program.classes) {
    left -= append_hull(choices, increments);
  }
  if (left < 0) {
    return {};
  }
  std::stable_sort(
      increments.begin(), increments.end(), [](const auto& a, const auto& b) {
        return a.price > b.price;
      });
  Relaxation result{.status = SolveStatus::Optimal, .prices = {0.0}};
  for (const Increment& increment : increments) {
    if (increment.cost > left) {
      result.prices[0] = increment.price;
      break;
    }
    left -= increment.cost;
  }
  return result;
}

}  // namespace

Relaxation relax(const ChoiceProgram& program) {
  if (program.budgets() == 0) {
    return {.status = SolveStatus::Optimal, .prices = {}};
  }
  if (program.budgets() == 1 && program.is_free()) {
    return relax_one_budget(program);
  }
  const ChoiceRows rows = to_rows(program);
  const LinearSolution solution = solve_linear_program(rows.linear);
  Relaxation result{.status = solution.status, .prices = {}};
  if (solution.status == SolveStatus::Optimal) {
    for (std::size_t k = 0; k < program.budgets(); ++k) {
      result.prices.push_back(
          std::max(0.0, solution.shadow_prices[k] / rows.budget_units[k]));
    }
  }
  return result;
}

double reduced_value(const Choice& choice, const std::vector<double>& prices) {
  double value = choice.value;
  for (std::size_t k = 0; k < prices.size(); ++k) {
    value -= prices[k] * static_cast<double>(choice.costs[k]);
  }
  return value;
}

Chosen best_at_prices(
    const ChoiceProgram& program, const std::vector<double>& prices) {
  Chosen chosen;
  for (const std::vector<Choice>& choices : program.classes) {
    std::size_t best = 0;
    for (std::size_t o = 1; o < choices.size(); ++o) {
      const double gain = reduced_value(choices[o], prices) -
                          reduced_value(choices[best], prices);
      const bool is_cheaper =
          !prices.empty() && choices[o].costs[0] < choices[best].costs[0];
      if (gain > 0.0 || (gain == 0.0 && is_cheaper)) {
        best = o;
      }
    }
    chosen.push_back(best);
  }
  return chosen;
}

double lagrangian_bound(
    const ChoiceProgram& program, const std::vector<double>& prices) {
  double bound = 0.0;
  for (std::size_t k = 0; k < prices.size(); ++k) {
    bound += prices[k] * static_cast<double>(program.limits[k]);
  }
  const Chosen chosen = best_at_prices(program, prices);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    bound += reduced_value(program.classes[i][chosen[i]], prices);
  }
  return bound;
}

}  // namespace ompq::detail
