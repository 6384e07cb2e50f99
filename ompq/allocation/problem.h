// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ompq/allocation/choice_program.h"
#include "ompq/allocation/width_rules.h"
#include "ompq/core/export.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/budget.h"
#include "ompq/plan/layer_table.h"
#include "ompq/plan/size_model.h"

namespace ompq {

/// Value of a layer at given widths; higher is better. Any table or formula:
/// the paper's c_i b, minus a measured error, ...
using LayerValue = std::function<double(
    std::size_t layer, int weight_bits, std::optional<int> activation_bits)>;

/// The paper's objective: coefficient of the layer times its weight bits.
[[nodiscard]] OMPQ_API LayerValue
linear_value(std::vector<double> coefficients);

/// One pair of widths a layer may have.
struct WidthOption {
  LayerBits bits;
  double value = 0.0;
  /// What the layer then uses of each budget, in the budget's cost unit.
  std::vector<std::int64_t> costs;
};

/// What the allocation may choose for one layer.
struct LayerOptions {
  std::string name;
  WidthOrigin origin = WidthOrigin::Free;
  /// By weight bits, then activation bits, ascending (float last).
  std::vector<WidthOption> options;
};

/// A budget in integers.
struct CostBudget {
  Budget budget;
  /// Largest sum of costs; what no width changes is already taken off.
  std::int64_t limit = 0;
  /// What no width changes, in the cost unit.
  std::int64_t fixed = 0;
  /// Cost units per unit of the budget: 1 for file bytes and bit operations, 8
  /// for payload bytes (costs are bits), the number of weights for average
  /// bits.
  double cost_per_unit = 1.0;
};

/// Widths to choose for the layers of a model within budgets.
struct AllocationProblem {
  std::vector<LayerOptions> layers;
  std::vector<CostBudget> budgets;
  /// Layers of the same group get the same weight bits; -1 = for itself, empty
  /// = no groups.
  std::vector<int> weight_groups;
  /// Layers of the same group get the same activation bits.
  std::vector<int> activation_groups;
};

/// How make_problem() builds the problem.
struct ProblemOptions {
  WidthRules widths;
  std::vector<Budget> budgets;
  FileSizeModel size_model;
  std::vector<int> weight_groups;
  std::vector<int> activation_groups;
};

/// Builds the problem of choosing widths for the layers of a model.
///
/// @throws Error{InvalidArgument}  no layers, a rule that fits no layer, a
///                                 budget that is not positive, groups of
///                                 another length
/// @throws Error{Degenerate}       a value is not finite; names the layer
[[nodiscard]] OMPQ_API AllocationProblem make_problem(
    const LayerTable& layers,
    const LayerValue& value,
    const ProblemOptions& options);

/// What a layer uses of a budget at given widths, in the budget's cost unit.
[[nodiscard]] OMPQ_API std::int64_t layer_cost(
    BudgetKind kind,
    const FileSizeModel& size_model,
    const Layer& layer,
    const LayerBits& bits);

/// The problem without names, for the solver.
[[nodiscard]] OMPQ_API ChoiceProgram
to_choice_program(const AllocationProblem& problem);

}  // namespace ompq
