// SPDX-License-Identifier: MIT
#include "ompq/pipeline/projected_allocation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ompq/allocation/feasibility.h"

namespace ompq {
namespace {

/// Halvings of the interval of lambda: more than doubles have digits.
constexpr int kHalvings = 128;

/// The option of a layer whose weight width is nearest; the cheapest
/// activations.
std::size_t nearest_option(const LayerOptions& layer, double width) {
  std::size_t nearest = 0;
  double distance = std::abs(layer.options[0].bits.weight_bits - width);
  for (std::size_t k = 1; k < layer.options.size(); ++k) {
    const double own = std::abs(layer.options[k].bits.weight_bits - width);
    if (own < distance) {
      nearest = k;
      distance = own;
    }
  }
  return nearest;
}

Chosen projection(
    const AllocationProblem& problem,
    const LayerTable& layers,
    double lambda,
    int lowest,
    int highest) {
  Chosen chosen;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const double width = std::clamp<double>(
        highest - lambda * static_cast<double>(layers[i].weights),
        lowest,
        highest);
    chosen.push_back(nearest_option(problem.layers[i], width));
  }
  return chosen;
}

}  // namespace

Allocation allocate_projected(
    const LayerTable& layers, const ProblemOptions& options) {
  const AllocationProblem problem = make_problem(
      layers, linear_value(std::vector(layers.size(), 0.0)), options);
  check_feasible(problem);
  const ChoiceProgram program = to_choice_program(problem);
  const auto [low, high] = std::ranges::minmax(options.widths.weight_bits);
  const auto chosen_at = [&, low = low, high = high](double lambda) {
    return projection(problem, layers, lambda, low, high);
  };
  double above = 0.0;
  for (const Layer& layer : layers) {
    // Beyond this every layer has its smallest width.
    above = std::max(
        above,
        (high - low + 1.0) /
            static_cast<double>(std::max<std::int64_t>(1, layer.weights)));
  }
  double below = 0.0;
  if (is_feasible(program, chosen_at(0.0))) {
    above = 0.0;
  }
  for (int i = 0; i < kHalvings && below < above; ++i) {
    const double middle = 0.5 * (below + above);
    (is_feasible(program, chosen_at(middle)) ? above : below) = middle;
  }
  Allocation result;
  const Chosen chosen = chosen_at(above);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    result.plan.layers.push_back(problem.layers[i].options[chosen[i]].bits);
  }
  const double average = plan_totals(layers, result.plan).average_bits;
  result.solver = {
      .method = "projection",
      .status = "optimal",
      .objective = average,
      .bound = average};
  result.shadow_prices.assign(options.budgets.size(), 0.0);
  return result;
}

}  // namespace ompq
