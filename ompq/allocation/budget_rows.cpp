// SPDX-License-Identifier: MIT
#include "ompq/allocation/budget_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

// Larger budgets are no budgets; keeps sums far inside 64 bits.
constexpr double kLargestLimit = 4e18;

double cost_per_unit(BudgetKind kind, const LayerTable& layers) {
  switch (kind) {
    case BudgetKind::Payload:
    case BudgetKind::PaperSize:
    case BudgetKind::ActivationMemory:
    case BudgetKind::TotalMemory:
      return 8.0;
    case BudgetKind::AverageBits:
      return static_cast<double>(
          std::max<std::int64_t>(1, total_weights(layers)));
    case BudgetKind::Latency:
      return 1e12;
    case BudgetKind::FileSize:
    case BudgetKind::BitOperations:
      break;
  }
  return 1.0;
}

bool needs_rows(BudgetKind kind) {
  return kind == BudgetKind::Latency || kind == BudgetKind::ActivationMemory ||
         kind == BudgetKind::TotalMemory;
}

/// The rows of a budget: those of the options, or the one that the layer table
/// tells.
std::vector<CostRow> rows_of(
    BudgetKind kind, const LayerTable& layers, const ProblemOptions& options) {
  if (!needs_rows(kind)) {
    return {
        {.place = {},
         .fixed =
             kind == BudgetKind::FileSize ? options.size_model.fixed_bytes : 0,
         .cost = [&layers, &options, kind](
                     std::size_t layer, const LayerBits& bits) {
           return layer_cost(kind, options.size_model, layers[layer], bits);
         }}};
  }
  const auto found = options.rows.find(kind);
  OMPQ_CHECK(
      found != options.rows.end() && !found->second.empty(),
      ErrorCode::InvalidArgument,
      "budget {}: nothing says what the layers take",
      to_string(kind));
  return found->second;
}

CostBudget to_cost_budget(
    std::size_t source,
    const Budget& budget,
    const CostRow& row,
    const LayerTable& layers) {
  CostBudget result{
      .budget = budget,
      .source = source,
      .place = row.place,
      .fixed = row.fixed,
      .cost_per_unit = cost_per_unit(budget.kind, layers)};
  // 2.3 bits x 1000 weights is 2299.9999999999995 in doubles: allow for that.
  const double limit = std::min(
      budget.limit * result.cost_per_unit * (1.0 + 4e-16), kLargestLimit);
  result.limit = static_cast<std::int64_t>(std::floor(limit)) - result.fixed;
  return result;
}

/// What a row needs at most, over the limit: negative if it never binds.
std::int64_t most_over(const AllocationProblem& problem, std::size_t row) {
  std::int64_t sum = -problem.budgets[row].limit;
  for (const LayerOptions& layer : problem.layers) {
    std::int64_t most = 0;
    for (const WidthOption& option : layer.options) {
      most = std::max(most, option.costs[row]);
    }
    sum += most;
  }
  return sum;
}

}  // namespace

namespace detail {

BudgetRows budget_rows(
    const LayerTable& layers, const ProblemOptions& options) {
  BudgetRows result;
  for (std::size_t k = 0; k < options.budgets.size(); ++k) {
    const Budget& budget = options.budgets[k];
    OMPQ_CHECK(
        std::isfinite(budget.limit) && budget.limit > 0.0,
        ErrorCode::InvalidArgument,
        "budget {}: expected a number above 0, got {}",
        to_string(budget.kind),
        budget.limit);
    for (CostRow& row : rows_of(budget.kind, layers, options)) {
      result.budgets.push_back(to_cost_budget(k, budget, row, layers));
      result.rows.push_back(std::move(row));
    }
  }
  return result;
}

void drop_loose_rows(AllocationProblem& problem) {
  std::vector<bool> stays(problem.budgets.size(), false);
  for (std::size_t first = 0; first < stays.size();) {
    std::size_t end = first;
    std::size_t tightest = first;
    while (end < stays.size() &&
           problem.budgets[end].source == problem.budgets[first].source) {
      stays[end] = most_over(problem, end) > 0;
      if (most_over(problem, end) > most_over(problem, tightest)) {
        tightest = end;
      }
      ++end;
    }
    stays[tightest] = true;
    first = end;
  }
  const auto keep = [&](auto& entries) {
    std::size_t index = 0;
    std::erase_if(entries, [&](const auto&) { return !stays[index++]; });
  };
  keep(problem.budgets);
  for (LayerOptions& layer : problem.layers) {
    for (WidthOption& option : layer.options) {
      keep(option.costs);
    }
  }
}

}  // namespace detail

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
    case BudgetKind::Latency:
    case BudgetKind::ActivationMemory:
    case BudgetKind::TotalMemory:
      break;
  }
  return 0;
}

std::vector<double> used_of_budgets(
    const LayerTable& layers,
    const ProblemOptions& options,
    const BitPlan& plan) {
  const detail::BudgetRows all = detail::budget_rows(layers, options);
  std::vector<double> used(options.budgets.size(), 0.0);
  for (std::size_t k = 0; k < all.rows.size(); ++k) {
    std::int64_t sum = all.rows[k].fixed;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      sum += all.rows[k].cost(i, plan.layers.at(i));
    }
    double& most = used[all.budgets[k].source];
    most =
        std::max(most, static_cast<double>(sum) / all.budgets[k].cost_per_unit);
  }
  return used;
}

}  // namespace ompq
