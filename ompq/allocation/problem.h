// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

/// A sum of costs that a budget limits and that the layer table does not tell.
struct CostRow {
  /// Where in a run it is, for messages: a node; empty = the run as a whole.
  std::string place;
  /// What no width changes.
  std::int64_t fixed = 0;
  /// What a layer adds at given widths, >= 0.
  std::function<std::int64_t(std::size_t layer, const LayerBits& bits)> cost;
};

/// The rows of the kinds that need them: Latency in picoseconds (one row),
/// ActivationMemory and TotalMemory in bits (one row for each moment of a run;
/// the largest sum is what the budget limits).
using CostRows = std::map<BudgetKind, std::vector<CostRow>>;

/// A budget in integers, or one of its rows.
struct CostBudget {
  Budget budget;
  /// Position of the budget in ProblemOptions::budgets.
  std::size_t source = 0;
  /// CostRow::place.
  std::string place;
  /// Largest sum of costs; what no width changes is already taken off.
  std::int64_t limit = 0;
  /// What no width changes, in the cost unit.
  std::int64_t fixed = 0;
  /// Cost units per unit of the budget: 1 for file bytes and bit operations, 8
  /// for payload and memory bytes (costs are bits), the number of weights for
  /// average bits, 1e12 for seconds.
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
  CostRows rows;
  std::vector<int> weight_groups;
  std::vector<int> activation_groups;
};

/// Builds the problem of choosing widths for the layers of a model.
///
/// A budget with several rows has several entries in `budgets`, one after the
/// other; rows that no plan can exceed are left out as long as one is left.
///
/// @throws Error{InvalidArgument}  no layers, a rule that fits no layer, a
///                                 budget that is not positive or has no rows,
///                                 groups of another length
/// @throws Error{Degenerate}       a value is not finite; names the layer
[[nodiscard]] OMPQ_API AllocationProblem make_problem(
    const LayerTable& layers,
    const LayerValue& value,
    const ProblemOptions& options);

/// What a plan uses of each of the options' budgets, in the budget's unit; of a
/// budget with several rows the most that any row uses.
[[nodiscard]] OMPQ_API std::vector<double> used_of_budgets(
    const LayerTable& layers,
    const ProblemOptions& options,
    const BitPlan& plan);

/// What a layer uses of a budget that needs no rows at given widths, in the
/// budget's cost unit.
[[nodiscard]] OMPQ_API std::int64_t layer_cost(
    BudgetKind kind,
    const FileSizeModel& size_model,
    const Layer& layer,
    const LayerBits& bits);

/// The problem without names, for the solver.
[[nodiscard]] OMPQ_API ChoiceProgram
to_choice_program(const AllocationProblem& problem);

}  // namespace ompq
