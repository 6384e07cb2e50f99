// SPDX-License-Identifier: MIT
#include "ompq/pipeline/given_plan.h"

#include <utility>
#include <vector>

#include "ompq/allocation/problem.h"
#include "ompq/core/error.h"
#include "ompq/export/packed_size.h"
#include "ompq/pipeline/allocate_widths.h"

namespace ompq {
namespace {

/// Of the widths that the plan has, in a layout.
FileSizeModel size_model_of(
    const PreparedModel& model, const Plan& plan, const PackedLayout& layout) {
  PackedSizeOptions options{
      .weight_bits = {},
      .activation_bits = std::nullopt,
      .sites = layout.sites,
      .group_size = layout.group_size};
  for (const PlanLayer& layer : plan.layers) {
    options.weight_bits.push_back(layer.bits.weight_bits);
    const auto bits = layer.bits.activation_bits;
    const bool has_clip = bits && *bits != 8 && *bits != 16;
    if (bits && (!options.activation_bits || has_clip)) {
      options.activation_bits = bits;
    }
  }
  return packed_size_model(model.graph, model.layers.layers, options);
}

}  // namespace

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

std::optional<Bytes> promised_size(const Plan& plan) {
  for (const PlanBudget& budget : plan.budgets) {
    const auto limit = static_cast<std::int64_t>(budget.budget.limit);
    if (budget.budget.kind == BudgetKind::FileSize &&
        plan_totals(plan).file_bytes <= limit) {
      return Bytes{limit};
    }
  }
  return std::nullopt;
}

Plan complete_plan(
    const PreparedModel& model,
    Plan plan,
    std::optional<int> activation_bits,
    const PackedLayout& layout) {
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
  const std::optional<Bytes> limit = promised_size(plan);
  plan.size_model = size_model_of(model, plan, layout);
  const std::int64_t bytes = plan_totals(plan).file_bytes;
  OMPQ_CHECK(
      !limit || bytes <= limit->count,
      ErrorCode::Infeasible,
      "[quantize] the plan kept {} bytes; with these activations, sites and "
      "groups the file may take {}. Search again with the same options, or "
      "with a budget of {} bytes less",
      limit->count,
      bytes,
      bytes - limit->count);
  return plan;
}

}  // namespace ompq
