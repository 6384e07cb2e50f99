// SPDX-License-Identifier: MIT
#include "ompq/pipeline/uniform_allocation.h"

#include <algorithm>
#include <vector>

#include "ompq/allocation/feasibility.h"

namespace ompq {
namespace {

/// True if the cheapest widths of all layers keep every budget together.
bool keeps_budgets(const AllocationProblem& problem) {
  for (std::size_t k = 0; k < problem.budgets.size(); ++k) {
    std::int64_t used = 0;
    for (const LayerOptions& layer : problem.layers) {
      used += layer.options.front().costs[k];
    }
    if (used > problem.budgets[k].limit) {
      return false;
    }
  }
  return true;
}

}  // namespace

Allocation allocate_uniform(
    const LayerTable& layers, const ProblemOptions& options) {
  const LayerValue no_value = linear_value(std::vector(layers.size(), 0.0));
  check_feasible(make_problem(layers, no_value, options));
  std::vector<int> widths = options.widths.weight_bits;
  std::ranges::sort(widths, std::greater<>{});
  Allocation result;
  for (const int bits : widths) {
    ProblemOptions single = options;
    single.widths.weight_bits = {bits};
    const AllocationProblem problem = make_problem(layers, no_value, single);
    // The smallest width is feasible: check_feasible() has passed.
    if (keeps_budgets(problem) || bits == widths.back()) {
      for (const LayerOptions& layer : problem.layers) {
        result.plan.layers.push_back(layer.options.front().bits);
      }
      result.solver = {
          .method = "uniform",
          .status = "optimal",
          .objective = static_cast<double>(bits),
          .bound = static_cast<double>(bits)};
      break;
    }
  }
  result.shadow_prices.assign(options.budgets.size(), 0.0);
  return result;
}

}  // namespace ompq
