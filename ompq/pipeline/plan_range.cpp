// SPDX-License-Identifier: MIT
#include "ompq/pipeline/plan_range.h"

#include <vector>

#include "ompq/allocation/feasibility.h"
#include "ompq/allocation/problem.h"
#include "ompq/core/error.h"
#include "ompq/pipeline/allocate_widths.h"

namespace ompq {

PlanRange plan_range(const PreparedModel& model, const SearchOptions& options) {
  const LayerTable& layers = model.layers.layers;
  OMPQ_CHECK(
      !layers.empty(),
      ErrorCode::Unsupported,
      "[search] the network has no quantizable layer");
  const ProblemOptions settings = problem_options(model, options.budget);
  const AllocationProblem problem = make_problem(
      layers, linear_value(std::vector<double>(layers.size(), 1.0)), settings);
  check_feasible(problem);
  BitPlan smallest;
  BitPlan largest;
  for (const LayerOptions& layer : problem.layers) {
    smallest.layers.push_back(layer.options.front().bits);
    largest.layers.push_back(layer.options.back().bits);
  }
  return {
      .smallest = plan_totals(layers, smallest, settings.size_model),
      .largest = plan_totals(layers, largest, settings.size_model)};
}

}  // namespace ompq
