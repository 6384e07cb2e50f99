// SPDX-License-Identifier: MIT
#include "ompq/allocation/choice_program.h"

#include <cmath>
#include <map>

#include "ompq/core/error.h"

namespace ompq {
namespace {

bool keeps_ties(const ChoiceProgram& program, const Chosen& chosen) {
  for (std::size_t kind = 0; kind < program.tie_groups.size(); ++kind) {
    std::map<int, int> label_of_group;
    for (std::size_t i = 0; i < program.classes.size(); ++i) {
      if (!program.is_tied(kind, i)) {
        continue;
      }
      const int label = program.classes[i][chosen[i]].labels[kind];
      const auto [entry, is_new] =
          label_of_group.emplace(program.tie_groups[kind][i], label);
      if (!is_new && entry->second != label) {
        return false;
      }
    }
  }
  return true;
}

void check_choice(
    const Choice& choice, std::size_t budgets, std::size_t i, std::size_t o) {
  OMPQ_CHECK(
      std::isfinite(choice.value),
      ErrorCode::InvalidArgument,
      "[choice_program] class {}, choice {}: expected a finite value, got {}",
      i,
      o,
      choice.value);
  OMPQ_CHECK(
      choice.costs.size() == budgets,
      ErrorCode::InvalidArgument,
      "[choice_program] class {}, choice {}: expected {} costs, got {}",
      i,
      o,
      budgets,
      choice.costs.size());
  for (const std::int64_t cost : choice.costs) {
    OMPQ_CHECK(
        cost >= 0,
        ErrorCode::InvalidArgument,
        "[choice_program] class {}, choice {}: expected a cost of at least 0, "
        "got {}",
        i,
        o,
        cost);
  }
}

}  // namespace

void check_choice_program(const ChoiceProgram& program) {
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    OMPQ_CHECK(
        !program.classes[i].empty(),
        ErrorCode::InvalidArgument,
        "[choice_program] class {} has no choice",
        i);
    for (std::size_t o = 0; o < program.classes[i].size(); ++o) {
      check_choice(program.classes[i][o], program.budgets(), i, o);
    }
  }
  for (const std::vector<int>& groups : program.tie_groups) {
    OMPQ_CHECK(
        groups.empty() || groups.size() == program.classes.size(),
        ErrorCode::InvalidArgument,
        "[choice_program] expected the tie group of {} classes, got {}",
        program.classes.size(),
        groups.size());
  }
}

double value_of(const ChoiceProgram& program, const Chosen& chosen) {
  double value = 0.0;
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    value += program.classes[i][chosen[i]].value;
  }
  return value;
}

std::vector<std::int64_t> costs_of(
    const ChoiceProgram& program, const Chosen& chosen) {
  std::vector<std::int64_t> costs(program.budgets(), 0);
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    for (std::size_t k = 0; k < costs.size(); ++k) {
      costs[k] += program.classes[i][chosen[i]].costs[k];
    }
  }
  return costs;
}

bool is_feasible(const ChoiceProgram& program, const Chosen& chosen) {
  const std::vector<std::int64_t> costs = costs_of(program, chosen);
  for (std::size_t k = 0; k < costs.size(); ++k) {
    if (costs[k] > program.limits[k]) {
      return false;
    }
  }
  return keeps_ties(program, chosen);
}

}  // namespace ompq
