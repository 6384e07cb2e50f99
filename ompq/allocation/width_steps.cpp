// SPDX-License-Identifier: MIT
#include "ompq/allocation/width_steps.h"

#include <map>

namespace ompq::detail {

std::vector<LayerGroup> step_groups(const AllocationProblem& problem) {
  std::vector<LayerGroup> groups;
  std::map<int, std::size_t> known;
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    const int tie =
        problem.weight_groups.empty() ? -1 : problem.weight_groups[i];
    const auto [found, is_new] = known.try_emplace(tie, groups.size());
    if (tie < 0 || is_new) {
      groups.push_back({i});
    } else {
      groups[found->second].push_back(i);
    }
  }
  return groups;
}

std::optional<std::size_t> neighbour(
    const LayerOptions& layer, std::size_t now, Direction direction) {
  const LayerBits& current = layer.options[now].bits;
  std::optional<std::size_t> found;
  for (std::size_t k = 0; k < layer.options.size(); ++k) {
    const LayerBits& bits = layer.options[k].bits;
    const int beyond = direction == Up ? bits.weight_bits - current.weight_bits
                                       : current.weight_bits - bits.weight_bits;
    if (beyond <= 0 || bits.activation_bits != current.activation_bits) {
      continue;
    }
    const int nearest =
        !found ? beyond + 1
        : direction == Up
            ? layer.options[*found].bits.weight_bits - current.weight_bits
            : current.weight_bits - layer.options[*found].bits.weight_bits;
    if (beyond < nearest) {
      found = k;
    }
  }
  return found;
}

}  // namespace ompq::detail
