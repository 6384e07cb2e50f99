// SPDX-License-Identifier: MIT
#include "ompq/allocation/choice_program.h"

#include <map>

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

}  // namespace

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
