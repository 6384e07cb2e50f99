// SPDX-License-Identifier: MIT
#include "ompq/pipeline/width_allocator.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "ompq/allocation/allocate.h"
#include "ompq/graph/layer_groups.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/projected_allocation.h"
#include "ompq/pipeline/uniform_allocation.h"

namespace ompq {
namespace {

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

std::optional<detail::SharedImportance> layer_importance(
    const PreparedModel& model,
    const LayerMeasurement& measured,
    const SearchOptions& options) {
  if (!measured.orthogonality.has_value()) {
    return std::nullopt;
  }
  detail::SharedImportance result{
      .gamma = share_within_groups(
          measured.orthogonality->gamma,
          group_layers(model, options.granularity))};
  result.of = importance(
      result.gamma, {.function = options.decreasing, .beta = options.beta});
  return result;
}

void fill_orthogonality(
    Plan& plan,
    const Orthogonality& orthogonality,
    const detail::SharedImportance& by) {
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
    if (!measured.activation_errors.empty()) {
      plan.layers[i].activation_error_per_width = measured.activation_errors[i];
    }
    if (!objective.coefficients.empty()) {
      plan.layers[i].coefficient = objective.coefficients[i];
    }
  }
}

}  // namespace

WidthAllocator::WidthAllocator(
    const PreparedModel& model,
    LayerMeasurement measured,
    SearchOptions options)
    : model_(&model),
      measured_(std::move(measured)),
      options_(std::move(options)),
      settings_(problem_options(model, options_.budget)),
      importance_(layer_importance(model, measured_, options_)) {
  if (has_values(options_.score)) {
    objective_ = make_objective(
        model.layers.layers,
        measured_,
        importance_ ? std::optional(importance_->of) : std::nullopt,
        options_);
  }
}

Allocation WidthAllocator::allocate_within(
    const ProblemOptions& settings) const {
  const LayerTable& layers = model_->layers.layers;
  if (options_.score == Score::Uniform) {
    return allocate_uniform(layers, settings);
  }
  if (options_.score == Score::SizeProjection) {
    return allocate_projected(layers, settings);
  }
  return allocate_by(
      make_problem(layers, objective_.value, settings), objective_, options_);
}

Plan WidthAllocator::allocate(const std::vector<Budget>& further) const {
  const LayerTable& layers = model_->layers.layers;
  ProblemOptions settings = settings_;
  settings.budgets.insert(
      settings.budgets.end(), further.begin(), further.end());
  const Allocation allocation = allocate_within(settings);
  Plan plan;
  plan.model_file = model_->path.filename().string();
  plan.model_hash = model_->model_hash;
  plan.seed = options_.seed;
  plan.layers = plan_layers(layers, allocation.plan);
  fill_layers(plan, measured_, objective_);
  if (importance_.has_value()) {
    fill_orthogonality(plan, *measured_.orthogonality, *importance_);
  }
  plan.size_model = settings.size_model;
  plan.solver = allocation.solver;
  const std::vector<double> used =
      used_of_budgets(layers, settings, allocation.plan);
  for (std::size_t k = 0; k < settings.budgets.size(); ++k) {
    plan.budgets.push_back(
        {.budget = settings.budgets[k],
         .used = used[k],
         .shadow_price = allocation.shadow_prices[k]});
  }
  return plan;
}

void WidthAllocator::explain_prices(Plan& plan) const {
  if (!has_values(options_.score) || plan.solver->gap > 0.0) {
    return;
  }
  constexpr double kMore = 1.01;
  constexpr double kLongest_s = 5.0;
  WidthAllocator quick = *this;
  quick.options_.time_limit_s = std::min(options_.time_limit_s, kLongest_s);
  for (std::size_t k = 0; k < settings_.budgets.size(); ++k) {
    ProblemOptions settings = settings_;
    settings.budgets[k].limit *= kMore;
    const Allocation larger = quick.allocate_within(settings);
    PlanGain more{
        .gain =
            std::max(0.0, larger.solver.objective - plan.solver->objective)};
    for (std::size_t i = 0; more.gain > 0.0 && i < plan.layers.size(); ++i) {
      const PlanLayer& layer = plan.layers[i];
      if (larger.plan.layers[i] != layer.bits) {
        more.steps.push_back(
            {.layer = layer.name,
             .from = layer.bits,
             .to = larger.plan.layers[i]});
      }
    }
    plan.budgets.at(k).one_percent_more = std::move(more);
  }
}

AllocationProblem WidthAllocator::problem() const {
  const LayerTable& layers = model_->layers.layers;
  return make_problem(
      layers,
      objective_.value ? objective_.value
                       : linear_value(std::vector<double>(layers.size(), 1.0)),
      settings_);
}

std::vector<BitPlan> WidthAllocator::flatter_plans() const {
  std::vector<BitPlan> plans;
  if (!error_of(options_.score)) {
    return plans;
  }
  for (const double power : {0.75, 0.5}) {
    const LayerValue value = [&](std::size_t layer,
                                 int weight_bits,
                                 std::optional<int> activation_bits) {
      const double error =
          -objective_.value(layer, weight_bits, activation_bits);
      return -std::pow(std::max(error, 0.0), power);
    };
    plans.push_back(ompq::allocate(
                        make_problem(model_->layers.layers, value, settings_),
                        {.time_limit_s = options_.time_limit_s})
                        .plan);
  }
  return plans;
}

double WidthAllocator::value_of(const BitPlan& plan) const {
  double sum = 0.0;
  for (std::size_t i = 0; objective_.value && i < plan.layers.size(); ++i) {
    const LayerBits& bits = plan.layers[i];
    sum += objective_.value(i, bits.weight_bits, bits.activation_bits);
  }
  return sum;
}

Plan WidthAllocator::with_widths(
    const Plan& best, const BitPlan& widths, const std::string& method) const {
  Plan plan = best;
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    plan.layers[i].bits = widths.layers.at(i);
  }
  const double objective = value_of(widths);
  const std::vector<double> used =
      used_of_budgets(model_->layers.layers, settings_, widths);
  for (std::size_t k = 0; k < used.size(); ++k) {
    plan.budgets.at(k).used = used[k];
    plan.budgets[k].one_percent_more.reset();
  }
  plan.solver->method = method;
  plan.solver->status = "feasible";
  if (objective_.value) {
    plan.solver->objective = objective;
    plan.solver->gap = (plan.solver->bound - objective) /
                       std::max(std::abs(objective), 1e-300);
  }
  return plan;
}

}  // namespace ompq
