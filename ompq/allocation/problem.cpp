// SPDX-License-Identifier: MIT
#include "ompq/allocation/problem.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

// Larger budgets are no budgets; keeps sums far inside 64 bits.
constexpr double kLargestLimit = 4e18;

CostBudget to_cost_budget(
    const Budget& budget,
    const LayerTable& layers,
    const FileSizeModel& size_model) {
  OMPQ_CHECK(
      std::isfinite(budget.limit) && budget.limit > 0.0,
      ErrorCode::InvalidArgument,
      "budget {}: expected a number above 0, got {}",
      to_string(budget.kind),
      budget.limit);
  CostBudget result{.budget = budget};
  switch (budget.kind) {
    case BudgetKind::FileSize:
      result.fixed = size_model.fixed_bytes;
      break;
    case BudgetKind::Payload:
    case BudgetKind::PaperSize:
      result.cost_per_unit = 8.0;
      break;
    case BudgetKind::AverageBits:
      result.cost_per_unit =
          static_cast<double>(std::max<std::int64_t>(1, total_weights(layers)));
      break;
    case BudgetKind::BitOperations:
      break;
  }
  // 2.3 bits x 1000 weights is 2299.9999999999995 in doubles: allow for that.
  const double limit = std::min(
      budget.limit * result.cost_per_unit * (1.0 + 4e-16), kLargestLimit);
  result.limit = static_cast<std::int64_t>(std::floor(limit)) - result.fixed;
  return result;
}

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
    const ProblemOptions& options) {
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
  for (const Budget& budget : options.budgets) {
    option.costs.push_back(
        layer_cost(budget.kind, options.size_model, layer, bits));
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

std::int64_t layer_cost(
    BudgetKind kind,
    const FileSizeModel& size_model,
    const Layer& layer,
    const LayerBits& bits) {
  switch (kind) {
    case BudgetKind::FileSize:
      return layer_file_bytes(size_model, layer, bits.weight_bits);
    case BudgetKind::Payload:
    case BudgetKind::AverageBits:
      return payload_bits(layer, bits.weight_bits);
    case BudgetKind::PaperSize:
      return paper_bits(layer, bits.weight_bits);
    case BudgetKind::BitOperations:
      return bit_operations(layer, bits.weight_bits, bits.activation_bits);
  }
  return 0;
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
  for (const Budget& budget : options.budgets) {
    problem.budgets.push_back(
        to_cost_budget(budget, layers, options.size_model));
  }
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
            options));
      }
    }
    problem.layers.push_back(std::move(layer));
  }
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
