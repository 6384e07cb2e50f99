// SPDX-License-Identifier: MIT
#include "ompq/allocation/feasibility.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "ompq/allocation/integer_program.h"
#include "ompq/core/error.h"
#include "ompq/core/units.h"

namespace ompq {
namespace {

constexpr std::size_t kNamedLayers = 3;
// Average widths are given with this many decimals at most.
constexpr double kAverageDecimals = 1e4;

/// A plan that uses as little as possible of one budget.
Chosen cheapest_plan(const AllocationProblem& problem, std::size_t budget) {
  ChoiceProgram program = to_choice_program(problem);
  program.limits.clear();
  for (std::vector<Choice>& choices : program.classes) {
    for (Choice& choice : choices) {
      choice.value = -static_cast<double>(choice.costs[budget]);
      choice.costs.clear();
    }
  }
  return solve_choice_program(program).chosen;
}

std::int64_t cost_of(
    const AllocationProblem& problem,
    std::size_t budget,
    const Chosen& chosen) {
  std::int64_t cost = 0;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    cost += problem.layers[i].options[chosen[i]].costs[budget];
  }
  return cost;
}

double to_budget_unit(const CostBudget& budget, std::int64_t cost) {
  const double quantity =
      static_cast<double>(cost + budget.fixed) / budget.cost_per_unit;
  if (budget.budget.kind == BudgetKind::AverageBits) {
    return std::ceil(quantity * kAverageDecimals) / kAverageDecimals;
  }
  if (budget.budget.kind == BudgetKind::Latency) {
    // Six digits are shown.
    const double unit = std::pow(10.0, std::floor(std::log10(quantity)) - 5.0);
    return std::ceil(quantity / unit) * unit;
  }
  return std::ceil(quantity);
}

std::string describe(BudgetKind kind, double quantity) {
  if (kind == BudgetKind::BitOperations) {
    return format_count(std::llround(quantity)) + " bit operations";
  }
  return format_budget(kind, quantity);
}

std::string why(const LayerOptions& layer, const LayerBits& bits) {
  switch (layer.origin) {
    case WidthOrigin::Pinned:
      return fmt::format("pinned at {} bits", bits.weight_bits);
    case WidthOrigin::FirstLast:
      return fmt::format("first or last layer, {} bits", bits.weight_bits);
    case WidthOrigin::Free:
      break;
  }
  return fmt::format("{} bits at least", bits.weight_bits);
}

/// "'fc' (pinned at 8 bits) 61.2 %, ...": fixed layers first, then by share.
std::string binding_layers(
    const AllocationProblem& problem,
    std::size_t budget,
    const Chosen& chosen) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    order.push_back(i);
  }
  const auto cost = [&](std::size_t i) {
    return problem.layers[i].options[chosen[i]].costs[budget];
  };
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const bool a_is_free = problem.layers[a].origin == WidthOrigin::Free;
    const bool b_is_free = problem.layers[b].origin == WidthOrigin::Free;
    return a_is_free != b_is_free ? b_is_free : cost(a) > cost(b);
  });
  const double total = static_cast<double>(cost_of(problem, budget, chosen)) +
                       static_cast<double>(problem.budgets[budget].fixed);
  std::string text;
  for (std::size_t n = 0; n < order.size() && n < kNamedLayers; ++n) {
    const LayerOptions& layer = problem.layers[order[n]];
    text += fmt::format(
        "{}'{}' ({}) {:.1f} %",
        n == 0 ? "" : ", ",
        layer.name,
        why(layer, layer.options[chosen[order[n]]].bits),
        100.0 * static_cast<double>(cost(order[n])) / std::max(1.0, total));
  }
  return text;
}

/// Fails if the layers of a group have no label in common.
void check_group_labels(
    const AllocationProblem& problem,
    const ChoiceProgram& program,
    std::size_t kind) {
  std::map<int, std::pair<std::string, std::set<int>>> common;
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    if (!program.is_tied(kind, i)) {
      continue;
    }
    std::set<int> labels;
    for (const Choice& choice : program.classes[i]) {
      labels.insert(choice.labels[kind]);
    }
    const std::string& name = problem.layers[i].name;
    const auto [entry, is_new] =
        common.emplace(program.tie_groups[kind][i], std::pair(name, labels));
    auto& [first, left] = entry->second;
    std::erase_if(left, [&](int label) { return !labels.contains(label); });
    OMPQ_CHECK(
        !left.empty(),
        ErrorCode::Infeasible,
        "[allocation] the layers '{}' and '{}' must have the same {} width, "
        "but none is allowed for both; change a pin or the widths",
        first,
        name,
        kind == 0 ? "weight" : "activation");
  }
}

bool can_keep(
    const AllocationProblem& problem, const std::vector<bool>& budgets) {
  AllocationProblem some = problem;
  some.budgets.clear();
  for (std::size_t k = 0; k < budgets.size(); ++k) {
    if (budgets[k]) {
      some.budgets.push_back(problem.budgets[k]);
    }
  }
  for (LayerOptions& layer : some.layers) {
    for (WidthOption& option : layer.options) {
      std::vector<std::int64_t> costs;
      for (std::size_t k = 0; k < budgets.size(); ++k) {
        if (budgets[k]) {
          costs.push_back(option.costs[k]);
        }
      }
      option.costs = std::move(costs);
      option.value = 0.0;
    }
  }
  return solve_choice_program(to_choice_program(some)).status !=
         SolveStatus::Infeasible;
}

/// " at 'x'" for a row that is a moment of a run.
std::string at_place(const CostBudget& budget) {
  return budget.place.empty() ? "" : fmt::format(" at '{}'", budget.place);
}

}  // namespace

double smallest_feasible(const AllocationProblem& problem, std::size_t budget) {
  double smallest = 0.0;
  for (std::size_t k = 0; k < problem.budgets.size(); ++k) {
    if (problem.budgets[k].source == problem.budgets[budget].source) {
      smallest = std::max(
          smallest,
          to_budget_unit(
              problem.budgets[k],
              cost_of(problem, k, cheapest_plan(problem, k))));
    }
  }
  return smallest;
}

void check_feasible(const AllocationProblem& problem) {
  const ChoiceProgram program = to_choice_program(problem);
  for (std::size_t kind = 0; kind < program.tie_groups.size(); ++kind) {
    check_group_labels(problem, program, kind);
  }
  // Of the rows of a budget the one that is exceeded most is named.
  std::map<std::size_t, std::pair<std::int64_t, std::size_t>> worst;
  for (std::size_t k = 0; k < problem.budgets.size(); ++k) {
    const CostBudget& budget = problem.budgets[k];
    const std::int64_t over =
        cost_of(problem, k, cheapest_plan(problem, k)) - budget.limit;
    const auto [entry, is_new] =
        worst.emplace(budget.source, std::pair(over, k));
    if (over > entry->second.first) {
      entry->second = {over, k};
    }
  }
  for (const auto& [source, row] : worst) {
    const auto [over, k] = row;
    const CostBudget& budget = problem.budgets[k];
    OMPQ_CHECK(
        over <= 0,
        ErrorCode::Infeasible,
        "[allocation] no plan fits the {} budget of {}: the smallest feasible "
        "one is {}{}. The largest parts of it: {}. Raise the budget, allow "
        "smaller widths, or release fixed layers",
        to_string(budget.budget.kind),
        describe(budget.budget.kind, budget.budget.limit),
        describe(
            budget.budget.kind, to_budget_unit(budget, over + budget.limit)),
        at_place(budget),
        binding_layers(problem, k, cheapest_plan(problem, k)));
  }
}

void fail_contradiction(const AllocationProblem& problem) {
  // Take budgets away as long as the rest still contradicts itself; the rows of
  // a budget go together.
  std::vector<bool> needed(problem.budgets.size(), true);
  const auto set_all = [&](std::size_t source, bool is_needed) {
    for (std::size_t k = 0; k < needed.size(); ++k) {
      if (problem.budgets[k].source == source) {
        needed[k] = is_needed;
      }
    }
  };
  std::string text;
  std::set<std::size_t> seen;
  for (const CostBudget& row : problem.budgets) {
    if (seen.insert(row.source).second) {
      set_all(row.source, false);
      if (can_keep(problem, needed)) {
        set_all(row.source, true);
      }
    }
  }
  for (std::size_t k = 0; k < needed.size(); ++k) {
    if (needed[k] && seen.erase(problem.budgets[k].source) == 1) {
      const Budget& budget = problem.budgets[k].budget;
      text += fmt::format(
          "{}{} of {} (alone at least {})",
          text.empty() ? "" : " and ",
          to_string(budget.kind),
          describe(budget.kind, budget.limit),
          describe(budget.kind, smallest_feasible(problem, k)));
    }
  }
  fail(
      ErrorCode::Infeasible,
      "[allocation] no plan keeps these budgets together: {}; raise one of "
      "them",
      text);
}

}  // namespace ompq
