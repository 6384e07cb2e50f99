// SPDX-License-Identifier: MIT
#include "ompq/allocation/tie_merging.h"

#include <map>
#include <utility>

namespace ompq::detail {
namespace {

// Pairs of combinations are compared, so keep their number moderate.
constexpr std::size_t kMaxCombinations = 3000;

/// Choices of several classes together.
struct Combination {
  Choice sum;
  Chosen picks;
};

bool dominates(const Combination& a, const Combination& b, std::size_t kind) {
  if (a.sum.labels[kind] != b.sum.labels[kind] || a.sum.value < b.sum.value) {
    return false;
  }
  for (std::size_t k = 0; k < a.sum.costs.size(); ++k) {
    if (a.sum.costs[k] > b.sum.costs[k]) {
      return false;
    }
  }
  return true;
}

std::vector<Combination> without_dominated(
    std::vector<Combination> all, std::size_t kind) {
  std::vector<Combination> kept;
  for (Combination& one : all) {
    bool is_dominated = false;
    for (const Combination& other : kept) {
      is_dominated = is_dominated || dominates(other, one, kind);
    }
    if (is_dominated) {
      continue;
    }
    std::erase_if(kept, [&](const Combination& other) {
      return dominates(one, other, kind);
    });
    kept.push_back(std::move(one));
  }
  return kept;
}

std::vector<Combination> combine(
    const std::vector<Combination>& combinations,
    const std::vector<Choice>& choices,
    std::size_t kind) {
  std::vector<Combination> result;
  for (const Combination& one : combinations) {
    for (std::size_t o = 0; o < choices.size(); ++o) {
      if (choices[o].labels[kind] != one.sum.labels[kind]) {
        continue;
      }
      Combination next = one;
      next.sum.value += choices[o].value;
      for (std::size_t k = 0; k < next.sum.costs.size(); ++k) {
        next.sum.costs[k] += choices[o].costs[k];
      }
      next.picks.push_back(o);
      result.push_back(std::move(next));
    }
  }
  return without_dominated(std::move(result), kind);
}

/// All classes of a group as one; nothing if there are too many combinations.
std::optional<std::vector<Combination>> combine_group(
    const ChoiceProgram& program,
    const std::vector<std::size_t>& members,
    std::size_t kind) {
  std::vector<Combination> combinations;
  const std::vector<Choice>& first = program.classes[members.front()];
  for (std::size_t o = 0; o < first.size(); ++o) {
    combinations.push_back({.sum = first[o], .picks = {o}});
  }
  for (std::size_t m = 1; m < members.size(); ++m) {
    const std::vector<Choice>& choices = program.classes[members[m]];
    if (combinations.size() * choices.size() > kMaxCombinations) {
      return std::nullopt;
    }
    combinations = combine(combinations, choices, kind);
  }
  return combinations;
}

/// Groups of classes in the order of their first member, with their kind.
struct Groups {
  std::vector<std::vector<std::size_t>> members;
  std::vector<std::size_t> kinds;
};

std::optional<Groups> find_groups(const ChoiceProgram& program) {
  Groups groups;
  std::map<std::pair<std::size_t, int>, std::size_t> position;
  for (std::size_t i = 0; i < program.classes.size(); ++i) {
    const bool by_first = program.is_tied(0, i);
    const bool by_second = program.is_tied(1, i);
    if (by_first && by_second) {
      return std::nullopt;
    }
    const std::size_t kind = by_second ? 1 : 0;
    if (by_first || by_second) {
      const auto [entry, is_new] = position.emplace(
          std::pair(kind, program.tie_groups[kind][i]), groups.members.size());
      if (!is_new) {
        groups.members[entry->second].push_back(i);
        continue;
      }
    }
    groups.members.push_back({i});
    groups.kinds.push_back(kind);
  }
  return groups;
}

}  // namespace

Chosen MergedProgram::to_original(const Chosen& chosen) const {
  std::size_t classes = 0;
  for (const std::vector<std::size_t>& group : members) {
    classes += group.size();
  }
  Chosen result(classes);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    for (std::size_t m = 0; m < members[i].size(); ++m) {
      result[members[i][m]] = picks[i][chosen[i]][m];
    }
  }
  return result;
}

std::optional<MergedProgram> merge_ties(const ChoiceProgram& program) {
  std::optional<Groups> groups = find_groups(program);
  if (!groups) {
    return std::nullopt;
  }
  MergedProgram merged;
  merged.program.limits = program.limits;
  for (std::size_t g = 0; g < groups->members.size(); ++g) {
    const auto combinations =
        combine_group(program, groups->members[g], groups->kinds[g]);
    if (!combinations) {
      return std::nullopt;
    }
    std::vector<Choice> choices;
    std::vector<Chosen> picks;
    for (const Combination& one : *combinations) {
      choices.push_back(one.sum);
      picks.push_back(one.picks);
    }
    merged.program.classes.push_back(std::move(choices));
    merged.picks.push_back(std::move(picks));
  }
  merged.members = std::move(groups->members);
  return merged;
}

}  // namespace ompq::detail
