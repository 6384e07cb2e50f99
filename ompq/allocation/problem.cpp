// SPDX-License-Identifier: MIT
#include "ompq/allocation/problem.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ompq/allocation/budget_rows.h"
#include "ompq/core/error.h"

namespace ompq {
namespace {

std::vector<std::optional<int>> sorted_activation_bits(
    std::vector<std::optional<int>> widths) {
  OMPQ_CHECK(
      !widths.empty(),
      ErrorCode::InvalidArgument,
      "activation widths: expected at least one width, or float");
  for (const std::optional<int>& bits : widths) {
    OMPQ_CHECK(
        !bits || (*bits >= kMinPlanBits && *bits <= kMaxPlanBits),
        ErrorCode::InvalidArgument,
        "activation widths: expected {} to {} bits, got {}",
        kMinPlanBits,
        kMaxPlanBits,
        bits.value_or(0));
  }
  std::ranges::sort(widths, {}, [](const std::optional<int>& bits) {
    return bits.value_or(kFloatBits);
  });
  widths.erase(std::unique(widths.begin(), widths.end()), widths.end());
  return widths;
}

void check_groups(
    const char* name, const std::vector<int>& groups, std::size_t layers) {
  OMPQ_CHECK(
      groups.empty() || groups.size() == layers,
      ErrorCode::InvalidArgument,
      "{}: expected one group per layer, {}, got {}",
      name,
      layers,
      groups.size());
}

WidthOption make_option(
    std::size_t index,
    const Layer& layer,
    const LayerBits& bits,
    const LayerValue& value,
    const std::vector<CostRow>& rows) {
  WidthOption option{
      .bits = bits,
      .value = value(index, bits.weight_bits, bits.activation_bits)};
  OMPQ_CHECK(
      std::isfinite(option.value),
      ErrorCode::Degenerate,
      "[allocation] layer '{}': the value of {} bits is {}; use another score "
      "or other calibration data",
      layer.name,
      bits.weight_bits,
      option.value);
  for (const CostRow& row : rows) {
    option.costs.push_back(row.cost(index, bits));
  }
  return option;
}

}  // namespace

LayerValue linear_value(std::vector<double> coefficients) {
  return [coefficients = std::move(coefficients)](
             std::size_t layer, int weight_bits, std::optional<int>) {
    return coefficients.at(layer) * weight_bits;
  };
}

AllocationProblem make_problem(
    const LayerTable& layers,
    const LayerValue& value,
    const ProblemOptions& options) {
  OMPQ_CHECK(
      !layers.empty(),
      ErrorCode::InvalidArgument,
      "[allocation] the model has no quantizable layer");
  check_groups("weight groups", options.weight_groups, layers.size());
  check_groups("activation groups", options.activation_groups, layers.size());
  AllocationProblem problem{
      .weight_groups = options.weight_groups,
      .activation_groups = options.activation_groups};
  detail::BudgetRows all = detail::budget_rows(layers, options);
  problem.budgets = std::move(all.budgets);
  const std::vector<LayerWidths> widths = layer_widths(layers, options.widths);
  const std::vector<std::optional<int>> activation_bits =
      sorted_activation_bits(options.widths.activation_bits);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    LayerOptions layer{.name = layers[i].name, .origin = widths[i].origin};
    for (const int weight_bits : widths[i].weight_bits) {
      for (const std::optional<int>& bits : activation_bits) {
        layer.options.push_back(make_option(
            i,
            layers[i],
            {.weight_bits = weight_bits, .activation_bits = bits},
            value,
            all.rows));
      }
    }
    problem.layers.push_back(std::move(layer));
  }
  detail::drop_loose_rows(problem);
  return problem;
}

ChoiceProgram to_choice_program(const AllocationProblem& problem) {
  ChoiceProgram program;
  for (const CostBudget& budget : problem.budgets) {
    program.limits.push_back(budget.limit);
  }
  for (const LayerOptions& layer : problem.layers) {
    std::vector<Choice> choices;
    for (const WidthOption& option : layer.options) {
      choices.push_back(
          {.value = option.value,
           .costs = option.costs,
           .labels = {
               option.bits.weight_bits,
               option.bits.activation_bits.value_or(kFloatBits)}});
    }
    program.classes.push_back(std::move(choices));
  }
  program.tie_groups = {problem.weight_groups, problem.activation_groups};
  return program;
}

}  // namespace ompq
