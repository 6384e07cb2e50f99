// SPDX-License-Identifier: MIT
#include "ompq/pipeline/allocate_widths.h"

#include <optional>
#include <utility>
#include <vector>

#include "ompq/allocation/feasibility.h"
#include "ompq/allocation/problem.h"
#include "ompq/core/error.h"
#include "ompq/export/packed_size.h"
#include "ompq/pipeline/activation_memory.h"
#include "ompq/pipeline/latency_table.h"
#include "ompq/pipeline/width_allocator.h"

namespace ompq {
namespace {

std::vector<std::optional<int>> activation_choices(
    const ActivationWidths& activations) {
  if (activations.choices.widths.empty()) {
    return {std::nullopt};
  }
  return {activations.choices.widths.begin(), activations.choices.widths.end()};
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

/// What the budgets need to know that the layer table does not tell.
CostRows cost_rows(
    const PreparedModel& model,
    const BudgetOptions& options,
    const WidthRules& rules) {
  OMPQ_CHECK(
      options.latency.has_value() == options.latency_table.has_value(),
      ErrorCode::InvalidArgument,
      "--latency needs --latency-table, and the table a limit: give both or "
      "neither");
  const LayerTable& layers = model.layers.layers;
  CostRows rows;
  if (options.latency) {
    rows[BudgetKind::Latency] = {
        latency_row(*options.latency_table, layers, rules)};
  }
  if (options.activation_memory) {
    rows[BudgetKind::ActivationMemory] =
        activation_memory_rows(model.graph, layers, options.layout.sites);
  }
  if (options.memory) {
    rows[BudgetKind::TotalMemory] =
        total_memory_rows(model.graph, layers, options.layout.sites);
  }
  return rows;
}

}  // namespace

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
  if (options.bit_operations.has_value()) {
    budgets.push_back(
        {BudgetKind::BitOperations, options.bit_operations->count});
  }
  if (options.activation_memory.has_value()) {
    budgets.push_back(
        {BudgetKind::ActivationMemory,
         static_cast<double>(options.activation_memory->count)});
  }
  if (options.memory.has_value()) {
    budgets.push_back(
        {BudgetKind::TotalMemory, static_cast<double>(options.memory->count)});
  }
  if (options.latency.has_value()) {
    budgets.push_back({BudgetKind::Latency, options.latency->seconds});
  }
  return budgets;
}

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
  CostRows rows = cost_rows(model, options, rules);
  const bool has_choice = rules.activation_bits.size() > 1;
  return {
      .widths = std::move(rules),
      .budgets = budgets_of(options),
      .size_model = size_model,
      .rows = std::move(rows),
      .activation_groups =
          has_choice
              ? activation_groups(
                    model.graph, model.layers.layers, options.layout.sites)
              : std::vector<int>{}};
}

Plan allocate_widths(
    const PreparedModel& model,
    const LayerMeasurement& measured,
    const SearchOptions& options) {
  const WidthAllocator allocator(model, measured, options);
  Plan plan = allocator.allocate();
  allocator.explain_prices(plan);
  return plan;
}

void check_search_options(
    const PreparedModel& model, const SearchOptions& options) {
  OMPQ_CHECK(
      options.budget.has_budget() || options.budget.bits.widths.size() == 1,
      ErrorCode::InvalidArgument,
      "[search] nothing limits the plan: give --size, --payload, --avg-bits, "
      "--bit-ops, --total-memory or --latency, or a single width such as "
      "--bits 4");
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
