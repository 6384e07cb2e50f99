// SPDX-License-Identifier: MIT
#include "ompq/allocation/choice_reduction.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ompq::detail {
namespace {

using Flags = std::vector<std::vector<bool>>;

bool dominates(
    const ChoiceProgram& program,
    std::size_t index,
    const Choice& a,
    const Choice& b) {
  for (std::size_t kind = 0; kind < a.labels.size(); ++kind) {
    if (program.is_tied(kind, index) && a.labels[kind] != b.labels[kind]) {
      return false;
    }
  }
  for (std::size_t k = 0; k < a.costs.size(); ++k) {
    if (a.costs[k] > b.costs[k]) {
      return false;
    }
  }
  return a.value >= b.value;
}

std::vector<std::int64_t> cheapest(const std::vector<Choice>& choices) {
  std::vector<std::int64_t> costs = choices.front().costs;
  for (const Choice& choice : choices) {
    for (std::size_t k = 0; k < costs.size(); ++k) {
      costs[k] = std::min(costs[k], choice.costs[k]);
    }
  }
  return costs;
}

/// What stays of each budget when every class takes its cheapest choice.
std::vector<std::int64_t> slack_of(const ChoiceProgram& program) {
  std::vector<std::int64_t> slack = program.limits;
  for (const std::vector<Choice>& choices : program.classes) {
    const std::vector<std::int64_t> costs = cheapest(choices);
    for (std::size_t k = 0; k < slack.size(); ++k) {
      slack[k] -= costs[k];
    }
  }
  return slack;
}

}  // namespace

Chosen ReducedProgram::to_original(const Chosen& chosen) const {
  Chosen result(chosen.size());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    result[i] = original[i][chosen[i]];
  }
  return result;
}

ReducedProgram unreduced(ChoiceProgram program) {
  ReducedProgram reduced{.program = std::move(program)};
  for (const std::vector<Choice>& choices : reduced.program.classes) {
    std::vector<std::size_t> indices(choices.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    reduced.original.push_back(std::move(indices));
  }
  return reduced;
}

ReducedProgram keep(const ReducedProgram& reduced, const Flags& flags) {
  ReducedProgram result;
  result.program.limits = reduced.program.limits;
  result.program.tie_groups = reduced.program.tie_groups;
  for (std::size_t i = 0; i < flags.size(); ++i) {
    std::vector<Choice> choices;
    std::vector<std::size_t> original;
    for (std::size_t o = 0; o < flags[i].size(); ++o) {
      if (flags[i][o]) {
        choices.push_back(reduced.program.classes[i][o]);
        original.push_back(reduced.original[i][o]);
      }
    }
    result.program.classes.push_back(std::move(choices));
    result.original.push_back(std::move(original));
  }
  return result;
}

ReducedProgram remove_oversized(const ReducedProgram& reduced) {
  if (has_empty_class(reduced.program)) {
    return reduced;
  }
  const std::vector<std::int64_t> slack = slack_of(reduced.program);
  Flags flags;
  for (const std::vector<Choice>& choices : reduced.program.classes) {
    const std::vector<std::int64_t> least = cheapest(choices);
    std::vector<bool> stays;
    for (const Choice& choice : choices) {
      bool fits = true;
      for (std::size_t k = 0; k < slack.size(); ++k) {
        fits = fits && choice.costs[k] - least[k] <= slack[k];
      }
      stays.push_back(fits);
    }
    flags.push_back(std::move(stays));
  }
  return keep(reduced, flags);
}

ReducedProgram remove_dominated(const ReducedProgram& reduced) {
  const ChoiceProgram& program = reduced.program;
  Flags flags;
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    const std::vector<Choice>& choices = program.classes[i];
    std::vector<bool> stays(choices.size(), true);
    for (std::size_t b = 0; b < choices.size(); ++b) {
      for (std::size_t a = 0; a < choices.size() && stays[b]; ++a) {
        if (a == b || !stays[a] ||
            !dominates(program, i, choices[a], choices[b])) {
          continue;
        }
        const bool are_equal = dominates(program, i, choices[b], choices[a]);
        stays[b] = are_equal && b < a;
      }
    }
    flags.push_back(std::move(stays));
  }
  return keep(reduced, flags);
}

bool has_empty_class(const ChoiceProgram& program) {
  return std::ranges::any_of(
      program.classes, [](const auto& choices) { return choices.empty(); });
}

}  // namespace ompq::detail
