// SPDX-License-Identifier: MIT
#include "ompq/pipeline/allocate_widths.h"

#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "ompq/allocation/allocate.h"
#include "ompq/allocation/feasibility.h"
#include "ompq/allocation/importance.h"
#include "ompq/allocation/problem.h"
#include "ompq/core/error.h"
#include "ompq/export/packed_size.h"
#include "ompq/graph/layer_groups.h"
#include "ompq/pipeline/objective.h"
#include "ompq/pipeline/uniform_allocation.h"

namespace ompq {
namespace {

std::vector<Budget> budgets_of(const BudgetOptions& options) {
  std::vector<Budget> budgets;
  if (options.size.has_value()) {
    budgets.push_back(
        {BudgetKind::FileSize, static_cast<double>(options.size->count)});
  }
  if (options.payload.has_value()) {
    const BudgetKind kind = options.payload_rule == PayloadRule::Paper
                                ? BudgetKind::PaperSize
                                : BudgetKind::Payload;
    budgets.push_back({kind, static_cast<double>(options.payload->count)});
  }
  if (options.average_bits.has_value()) {
    budgets.push_back({BudgetKind::AverageBits, *options.average_bits});
  }
  return budgets;
}

std::vector<std::optional<int>> activation_choices(
    const ActivationWidths& activations) {
  if (activations.choices.widths.empty()) {
    return {std::nullopt};
  }
  return {activations.choices.widths.begin(), activations.choices.widths.end()};
}

std::vector<int> group_layers(
    const PreparedModel& model, Granularity granularity) {
  const LayerTable& layers = model.layers.layers;
  switch (granularity) {
    case Granularity::Layer:
      break;
    case Granularity::Block:
      return block_groups(model.graph, layers);
    case Granularity::Stage:
      return stage_groups(model.graph, layers);
    case Granularity::Net:
      return std::vector<int>(layers.size(), 0);
  }
  std::vector<int> groups(layers.size());
  std::iota(groups.begin(), groups.end(), 0);
  return groups;
}

/// The paper's way: continuous widths, rounded down to what is allowed.
Allocation allocate_linear(
    const AllocationProblem& problem,
    const ContinuousAllocation& continuous,
    const std::vector<double>& coefficients) {
  Allocation result;
  result.solver.method = "linear programme, rounded down";
  result.solver.status = "feasible";
  for (std::size_t i = 0; i < problem.layers.size(); ++i) {
    const auto& options = problem.layers[i].options;
    LayerBits chosen = options.front().bits;
    for (const WidthOption& option : options) {
      // The solver's numbers carry rounding of its own.
      if (option.bits.weight_bits <= continuous.bits[i] + 1e-9) {
        chosen.weight_bits = option.bits.weight_bits;
      }
    }
    result.plan.layers.push_back(chosen);
    result.solver.objective += coefficients[i] * chosen.weight_bits;
  }
  result.solver.bound = continuous.objective;
  result.solver.gap = (continuous.objective - result.solver.objective) /
                      std::max(std::abs(result.solver.objective), 1e-300);
  result.shadow_prices = continuous.shadow_prices;
  return result;
}

Allocation allocate_by(
    const AllocationProblem& problem,
    const Objective& objective,
    const SearchOptions& options) {
  if (objective.coefficients.empty()) {
    return allocate(problem, {.time_limit_s = options.time_limit_s});
  }
  const ContinuousAllocation continuous =
      allocate_continuous(problem, objective.coefficients);
  Allocation allocation =
      options.solver == SolverKind::Linear
          ? allocate_linear(problem, continuous, objective.coefficients)
          : allocate(problem, {.time_limit_s = options.time_limit_s});
  allocation.solver.linear_objective = continuous.objective;
  return allocation;
}

/// gamma, shared as the options say, and what follows from it.
struct LayerImportance {
  std::vector<double> gamma;
  Importance of;
};

std::optional<LayerImportance> layer_importance(
    const PreparedModel& model,
    const LayerMeasurement& measured,
    const SearchOptions& options) {
  if (!measured.orthogonality.has_value()) {
    return std::nullopt;
  }
  LayerImportance result{
      .gamma = share_within_groups(
          measured.orthogonality->gamma,
          group_layers(model, options.granularity))};
  result.of = importance(
      result.gamma, {.function = options.decreasing, .beta = options.beta});
  return result;
}

void fill_orthogonality(
    Plan& plan, const Orthogonality& orthogonality, const LayerImportance& by) {
  plan.orm = orthogonality.orm;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    PlanLayer& layer = plan.layers[i];
    layer.gamma = by.gamma[i];
    if (!orthogonality.intervals.empty()) {
      const GammaInterval& interval = orthogonality.intervals[i];
      layer.gamma_interval = Interval{interval.low, interval.high};
    }
    layer.theta = by.of.theta[i];
  }
}

void fill_layers(
    Plan& plan, const LayerMeasurement& measured, const Objective& objective) {
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    if (measured.error_kind.has_value()) {
      plan.layers[i].error_per_width = measured.errors[i];
    }
    if (!objective.coefficients.empty()) {
      plan.layers[i].coefficient = objective.coefficients[i];
    }
  }
}

/// What the packed file of any plan within the rules may hold.
PackedSizeOptions packed_size_options(
    const WidthRules& rules, const PackedLayout& layout) {
  PackedSizeOptions options{
      .weight_bits = rules.weight_bits,
      .sites = layout.sites,
      .group_size = layout.group_size};
  if (rules.first_last_bits) {
    options.weight_bits.push_back(*rules.first_last_bits);
  }
  for (const auto& [layer, bits] : rules.pins) {
    options.weight_bits.push_back(bits);
  }
  // A plan that says nothing of activations may get any width later on.
  for (const std::optional<int> bits : rules.activation_bits) {
    if (bits && *bits != 8 && *bits != 16) {
      options.activation_bits = bits;
    }
  }
  return options;
}

}  // namespace

ProblemOptions problem_options(
    const PreparedModel& model, const BudgetOptions& options) {
  WidthRules rules{
      .weight_bits = options.bits.widths,
      .activation_bits = activation_choices(options.activation_bits),
      .first_last_bits = options.first_last.bits};
  for (const PinnedLayer& pin : options.pins) {
    rules.pins[pin.layer] = pin.bits;
  }
  FileSizeModel size_model = packed_size_model(
      model.graph,
      model.layers.layers,
      packed_size_options(rules, options.layout));
  return {
      .widths = std::move(rules),
      .budgets = budgets_of(options),
      .size_model = size_model};
}

Plan allocate_widths(
    const PreparedModel& model,
    const LayerMeasurement& measured,
    const SearchOptions& options) {
  const LayerTable& layers = model.layers.layers;
  const ProblemOptions settings = problem_options(model, options.budget);
  const std::optional<LayerImportance> by =
      layer_importance(model, measured, options);
  Objective objective;
  Allocation allocation;
  if (options.score == Score::Uniform) {
    allocation = allocate_uniform(layers, settings);
  } else {
    objective = make_objective(
        layers, measured, by ? std::optional(by->of) : std::nullopt, options);
    allocation = allocate_by(
        make_problem(layers, objective.value, settings), objective, options);
  }
  Plan plan;
  plan.model_file = model.path.filename().string();
  plan.model_hash = model.model_hash;
  plan.seed = options.seed;
  plan.layers = plan_layers(layers, allocation.plan);
  fill_layers(plan, measured, objective);
  if (by.has_value()) {
    fill_orthogonality(plan, *measured.orthogonality, *by);
  }
  plan.size_model = settings.size_model;
  plan.solver = allocation.solver;
  const PlanTotals totals = plan_totals(plan);
  for (std::size_t k = 0; k < settings.budgets.size(); ++k) {
    plan.budgets.push_back(
        {.budget = settings.budgets[k],
         .used = used_of(settings.budgets[k].kind, totals),
         .shadow_price = allocation.shadow_prices[k]});
  }
  return plan;
}

void check_search_options(
    const PreparedModel& model, const SearchOptions& options) {
  OMPQ_CHECK(
      options.budget.has_budget() || options.budget.bits.widths.size() == 1,
      ErrorCode::InvalidArgument,
      "[search] nothing limits the plan: give --size, --payload or --avg-bits, "
      "or a single width such as --bits 4");
  OMPQ_CHECK(
      options.solver == SolverKind::Integer || is_linear(options.score),
      ErrorCode::InvalidArgument,
      "[search] --solver lp needs a score that is linear in bits (ompq, size, "
      "random); --score {} is not",
      enum_name(options.score));
  OMPQ_CHECK(
      !model.layers.layers.empty(),
      ErrorCode::Unsupported,
      "[search] {}: the network has no quantizable layer",
      model.path.string());
  const std::vector<double> equal(model.layers.layers.size(), 1.0);
  check_feasible(make_problem(
      model.layers.layers,
      linear_value(equal),
      problem_options(model, options.budget)));
}

}  // namespace ompq
