// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/plan/plan.h"

namespace ompq::testing {

/// Three layers of 90, 1001 and 40 weights.
inline LayerTable tiny_layers() {
  return {
      Layer{
          .name = "conv1",
          .kind = LayerKind::Conv,
          .weights = 90,
          .output_channels = 10,
          .macs = 9000},
      Layer{
          .name = "block.conv2",
          .kind = LayerKind::Conv,
          .weights = 1001,
          .output_channels = 7,
          .macs = 50050},
      Layer{
          .name = "fc",
          .kind = LayerKind::Gemm,
          .weights = 40,
          .output_channels = 4,
          .macs = 40}};
}

/// A plan with every field set.
inline Plan tiny_plan() {
  Plan plan;
  plan.model_file = "net.onnx";
  plan.model_hash = "sha256:00ff";
  plan.preprocessing = {{"scale", 1.0 / 255.0}, {"mean", {0.1, 0.2, 0.3}}};
  plan.settings = {{"beta", 0.1}};
  plan.seed = 18446744073709551615U;
  plan.layers = plan_layers(
      tiny_layers(),
      BitPlan{
          {{.weight_bits = 8},
           {.weight_bits = 3, .activation_bits = 6},
           {.weight_bits = 8, .activation_bits = 8}}});
  plan.layers[0].gamma = 1.0 / 3.0;
  plan.layers[0].gamma_interval = Interval{.low = 0.25, .high = 0.5};
  plan.layers[0].theta = 1e-118;
  plan.layers[1].coefficient = -0.7;
  plan.layers[1].error_per_width = {{2, 0.5}, {3, 0.125}, {10, 1e-9}};
  plan.layers[1].activation_error_per_width = {{4, 0.25}, {6, 0.0625}};
  plan.size_model = {.fixed_bytes = 5100, .bytes_per_plane = 30};
  plan.budgets = {
      {.budget = {.kind = BudgetKind::FileSize, .limit = 20000},
       .shadow_price = 2e-7,
       .one_percent_more =
           PlanGain{
               .gain = 0.25,
               .steps =
                   {{.layer = "block.conv2",
                     .from = {.weight_bits = 3, .activation_bits = 6},
                     .to = {.weight_bits = 4}}}}},
      {.budget = {.kind = BudgetKind::AverageBits, .limit = 4.5}},
      {.budget = {.kind = BudgetKind::Latency, .limit = 0.002},
       .used = 0.0015}};
  plan.solver = PlanSolver{
      .method = "core",
      .status = "optimal",
      .objective = 12.5,
      .bound = 12.5,
      .linear_objective = 13.0};
  plan.orm = Matrix(3, 3);
  plan.orm(0, 1) = 2.0 / 3.0;
  const PlanTotals totals = plan_totals(plan);
  for (PlanBudget& budget : plan.budgets) {
    budget.used = used_of(budget.budget.kind, totals).value_or(budget.used);
  }
  return plan;
}

}  // namespace ompq::testing
