// SPDX-License-Identifier: MIT
#include "ompq/pipeline/given_plan.h"

#include <utility>
#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/core/error.h"
#include "ompq/pipeline/allocate_widths.h"

namespace ompq {

Plan uniform_width_plan(
    const PreparedModel& model, const SearchOptions& options) {
  OMPQ_CHECK(
      options.budget.bits.widths.size() == 1 &&
          options.budget.activation_bits.choices.widths.size() <= 1,
      ErrorCode::InvalidArgument,
      "[quantize] one width for all layers is needed here: --bits and "
      "--act-bits with a single number each");
  check_search_options(model, options);
  const LayerTable& layers = model.layers.layers;
  const ProblemOptions settings = problem_options(model, options.budget);
  const AllocationProblem problem = make_problem(
      layers, linear_value(std::vector<double>(layers.size(), 1.0)), settings);
  BitPlan bits;
  for (const LayerOptions& layer : problem.layers) {
    bits.layers.push_back(layer.options.front().bits);
  }
  Plan plan;
  plan.model_file = model.path.filename().string();
  plan.model_hash = model.model_hash;
  plan.seed = options.seed;
  plan.layers = plan_layers(layers, bits);
  plan.size_model = settings.size_model;
  return plan;
}

Plan complete_plan(
    const PreparedModel& model, Plan plan, std::optional<int> activation_bits) {
  check_plan_fits(plan, model.layers.layers, model.model_hash);
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    PlanLayer& layer = plan.layers[i];
    OMPQ_CHECK(
        layer.bits.weight_bits <= kLargestWidth,
        ErrorCode::InvalidPlan,
        "[quantize] layers[{}].weight_bits: layer '{}' has weights of {} bits; "
        "1 to {} can be quantized",
        i,
        layer.name,
        layer.bits.weight_bits,
        kLargestWidth);
    if (!layer.bits.activation_bits.has_value()) {
      layer.bits.activation_bits = activation_bits;
    }
  }
  return plan;
}

}  // namespace ompq
