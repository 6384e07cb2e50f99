// SPDX-License-Identifier: MIT
#include "ompq/allocation/choice_search.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "ompq/allocation/choice_relaxation.h"

namespace ompq::detail {
namespace {

// A gain below this part of a class's values is rounding, not a gain.
constexpr double kNoise = 1e-12;

using Costs = std::vector<std::int64_t>;

/// A class that takes another choice.
struct Swap {
  std::size_t index = 0;
  std::size_t choice = 0;
  double gain = 0.0;
};

Costs slack_of(const ChoiceProgram& program, const Chosen& chosen) {
  Costs slack = costs_of(program, chosen);
  for (std::size_t k = 0; k < slack.size(); ++k) {
    slack[k] = program.limits[k] - slack[k];
  }
  return slack;
}

double relative(std::int64_t cost, std::int64_t limit) {
  return static_cast<double>(cost) /
         static_cast<double>(std::max<std::int64_t>(1, limit));
}

double noise_of(const std::vector<Choice>& choices) {
  double largest = 0.0;
  for (const Choice& choice : choices) {
    largest = std::max(largest, std::abs(choice.value));
  }
  return kNoise * largest;
}

const Choice& at(const ChoiceProgram& program, const Swap& swap) {
  return program.classes[swap.index][swap.choice];
}

/// Calls visit(swap) for every swap away from the chosen choices.
template <typename Visit>
void for_each_swap(
    const ChoiceProgram& program, const Chosen& chosen, Visit visit) {
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    const std::vector<Choice>& choices = program.classes[i];
    for (std::size_t o = 0; o < choices.size(); ++o) {
      if (o != chosen[i]) {
        visit(Swap{
            .index = i,
            .choice = o,
            .gain = choices[o].value - choices[chosen[i]].value});
      }
    }
  }
}

/// What a swap adds to each budget.
Costs change_of(
    const ChoiceProgram& program, const Chosen& chosen, const Swap& swap) {
  Costs change = at(program, swap).costs;
  const Costs& old = program.classes[swap.index][chosen[swap.index]].costs;
  for (std::size_t k = 0; k < change.size(); ++k) {
    change[k] -= old[k];
  }
  return change;
}

bool fits(const Costs& change, const Costs& slack) {
  for (std::size_t k = 0; k < slack.size(); ++k) {
    if (change[k] > slack[k]) {
      return false;
    }
  }
  return true;
}

/// Sum over the exceeded budgets of the excess, relative to the limit.
double violation(const ChoiceProgram& program, const Costs& slack) {
  double sum = 0.0;
  for (std::size_t k = 0; k < slack.size(); ++k) {
    sum += std::max(0.0, relative(-slack[k], program.limits[k]));
  }
  return sum;
}

std::optional<Swap> best_repair(
    const ChoiceProgram& program,
    const std::vector<double>& prices,
    const Chosen& chosen,
    const Costs& slack) {
  const double now = violation(program, slack);
  double best_loss = std::numeric_limits<double>::infinity();
  std::optional<Swap> best;
  for_each_swap(program, chosen, [&](const Swap& swap) {
    const Costs change = change_of(program, chosen, swap);
    Costs after = slack;
    for (std::size_t k = 0; k < after.size(); ++k) {
      after[k] -= change[k];
    }
    const double relief = now - violation(program, after);
    if (relief <= 0.0) {
      return;
    }
    const Choice& old = program.classes[swap.index][chosen[swap.index]];
    const double lost =
        reduced_value(old, prices) - reduced_value(at(program, swap), prices);
    if (lost / relief < best_loss) {
      best_loss = lost / relief;
      best = swap;
    }
  });
  return best;
}

std::optional<Swap> best_swap(
    const ChoiceProgram& program, const Chosen& chosen, const Costs& slack) {
  double best_ratio = 0.0;
  std::optional<Swap> best;
  for_each_swap(program, chosen, [&](const Swap& swap) {
    const Costs change = change_of(program, chosen, swap);
    if (swap.gain <= noise_of(program.classes[swap.index]) ||
        !fits(change, slack)) {
      return;
    }
    double cost = 0.0;
    for (std::size_t k = 0; k < change.size(); ++k) {
      cost += relative(change[k], program.limits[k]);
    }
    const double ratio =
        cost > 0.0 ? swap.gain / cost : std::numeric_limits<double>::max();
    if (ratio > best_ratio) {
      best_ratio = ratio;
      best = swap;
    }
  });
  return best;
}

bool are_equal(const ChoiceProgram& program, std::size_t a, std::size_t b) {
  return std::ranges::equal(
      program.classes[a],
      program.classes[b],
      [](const Choice& x, const Choice& y) {
        return x.value == y.value && x.costs == y.costs;
      });
}

}  // namespace

std::optional<Chosen> feasible_near(
    const ChoiceProgram& program, const std::vector<double>& prices) {
  Chosen chosen = best_at_prices(program, prices);
  while (true) {
    const Costs slack = slack_of(program, chosen);
    if (violation(program, slack) == 0.0) {
      return chosen;
    }
    const auto swap = best_repair(program, prices, chosen, slack);
    if (!swap) {
      return std::nullopt;
    }
    chosen[swap->index] = swap->choice;
  }
}

Chosen improve_by_swaps(const ChoiceProgram& program, Chosen chosen) {
  if (!program.is_free()) {
    return chosen;
  }
  while (true) {
    const auto swap = best_swap(program, chosen, slack_of(program, chosen));
    if (!swap) {
      return chosen;
    }
    chosen[swap->index] = swap->choice;
  }
}

Chosen earlier_first(const ChoiceProgram& program, Chosen chosen) {
  if (!program.is_free() || program.budgets() == 0) {
    return chosen;
  }
  for (std::size_t a = 0; a < chosen.size(); ++a) {
    for (std::size_t b = a + 1; b < chosen.size(); ++b) {
      if (are_equal(program, a, b) && program.classes[a][chosen[a]].costs <
                                          program.classes[b][chosen[b]].costs) {
        std::swap(chosen[a], chosen[b]);
      }
    }
  }
  return chosen;
}

}  // namespace ompq::detail
