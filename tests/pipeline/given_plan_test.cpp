// SPDX-License-Identifier: MIT
#include "ompq/pipeline/given_plan.h"

#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/expect_error.h"

#include "small_model.h"

namespace ompq {
namespace {

SearchOptions widths(std::vector<int> bits) {
  SearchOptions options;
  options.budget.bits = {std::move(bits)};
  options.budget.activation_bits = {{{8}}};
  return options;
}

TEST(UniformWidthPlan, GivesEveryLayerTheWidthButTheEndsAndPins) {
  const PreparedModel model = small_model();
  SearchOptions options = widths({3});
  options.budget.pins = {{"conv2", 6}};

  const Plan plan = uniform_width_plan(model, options);

  ASSERT_EQ(plan.layers.size(), 4U);
  EXPECT_EQ(plan.layers[0].bits, (LayerBits{8, 8}));
  EXPECT_EQ(plan.layers[1].bits, (LayerBits{6, 8}));
  EXPECT_EQ(plan.layers[2].bits, (LayerBits{3, 8}));
  EXPECT_EQ(plan.layers[3].bits, (LayerBits{8, 8}));
  EXPECT_NO_THROW(check_plan_fits(plan, model.layers.layers, model.model_hash));
}

TEST(UniformWidthPlan, LeavesTheEndsFreeAndActivationsFloatIfTold) {
  SearchOptions options = widths({3});
  options.budget.first_last = {};
  options.budget.activation_bits = {};

  const Plan plan = uniform_width_plan(small_model(), options);

  EXPECT_EQ(plan.layers[0].bits, (LayerBits{3, std::nullopt}));
}

TEST(UniformWidthPlan, NeedsOneWidth) {
  expect_error(ErrorCode::InvalidArgument, "single number", [] {
    static_cast<void>(uniform_width_plan(small_model(), widths({3, 4})));
  });
}

TEST(CompletePlan, KeepsThePromiseOfAPlanOrRefusesAtOnce) {
  const PreparedModel model = small_model();
  Plan plan = uniform_width_plan(model, widths({3}));
  const std::int64_t bytes = plan_totals(plan).file_bytes;
  plan.budgets = {
      {.budget = {BudgetKind::FileSize, static_cast<double>(bytes)}}};

  EXPECT_EQ(promised_size(complete_plan(model, plan, 8))->count, bytes);
  // Quantizers with a Clip each, and an output more.
  expect_error(ErrorCode::Infeasible, "bytes less", [&] {
    for (PlanLayer& layer : plan.layers) {
      layer.bits.activation_bits = 5;
    }
    static_cast<void>(complete_plan(
        model,
        plan,
        5,
        {.sites = {.network_inputs = true, .network_outputs = true}}));
  });
  plan.budgets.front().budget.limit = 10;
  EXPECT_FALSE(promised_size(plan).has_value());
}

TEST(CompletePlan, AddsActivationsWhereThePlanHasNone) {
  const PreparedModel model = small_model();
  Plan plan = uniform_width_plan(model, widths({3}));
  plan.layers[1].bits.activation_bits.reset();
  plan.layers[2].bits.activation_bits = 4;

  const Plan complete = complete_plan(model, plan, 6);

  EXPECT_EQ(complete.layers[1].bits.activation_bits, 6);
  EXPECT_EQ(complete.layers[2].bits.activation_bits, 4);
  EXPECT_EQ(
      complete_plan(model, plan, std::nullopt).layers[1].bits.activation_bits,
      std::nullopt);
}

TEST(CompletePlan, RefusesAnotherModelAndWidthsThatCannotBe) {
  const PreparedModel model = small_model();
  Plan plan = uniform_width_plan(model, widths({3}));
  plan.layers[2].bits.weight_bits = 9;
  expect_error(
      ErrorCode::InvalidPlan, "layers[2].weight_bits: layer 'conv3'", [&] {
        static_cast<void>(complete_plan(model, plan, 8));
      });
  plan.model_hash = "other";
  expect_error(ErrorCode::InvalidPlan, "search again for this model", [&] {
    static_cast<void>(complete_plan(model, plan, 8));
  });
}

}  // namespace
}  // namespace ompq
