// SPDX-License-Identifier: MIT
#include "ompq/pipeline/search.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/data/synthetic_dataset.h"
#include "ompq/engine/device.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/pipeline/evaluate.h"

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

PreparedModel bundled_model() {
  return load_model(
      std::filesystem::path(OMPQ_SOURCE_DIR) / "examples" / "bundled" /
      "shapes10.onnx");
}

std::shared_ptr<const Dataset> images(std::int64_t count) {
  return std::make_shared<SyntheticDataset>(SyntheticOptions{.size = count});
}

Preprocessing symmetric() {
  return preprocessing_of(PreprocessingPreset::Symmetric);
}

SearchOptions average_of(double bits) {
  SearchOptions options;
  options.score = Score::Ompq;
  options.budget.average_bits = bits;
  return options;
}

/// A network of one convolution, whose weights are all `weight`.
PreparedModel one_layer(float weight) {
  GraphBuilder builder;
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {3, ""}, {32, ""}, {32, ""}});
  builder.add_constant(
      "w", Constant::from(std::vector<float>(4 * 3, weight), {4, 3, 1, 1}));
  builder.add_node(
      {.name = "only_layer",
       .op_type = "Conv",
       .inputs = {"image", "w"},
       .outputs = {"y"}});
  builder.add_output("y");
  Graph graph = infer_shapes(std::move(builder).build());
  QuantizableLayers layers = find_quantizable_layers(graph);
  return {
      .path = "one_layer.onnx",
      .graph = std::move(graph),
      .layers = std::move(layers)};
}

void expect_search_error(
    ErrorCode code,
    const std::string& part,
    const PreparedModel& model,
    std::int64_t samples,
    const SearchOptions& options) {
  expect_error(code, part, [&] {
    static_cast<void>(search(model, images(samples), symmetric(), options));
  });
}

TEST(Search, KeepsTheBudgetAndProvesTheOptimum) {
  const Plan plan =
      search(bundled_model(), images(32), symmetric(), average_of(3.5));
  EXPECT_LE(plan_totals(plan).average_bits, 3.5);
  ASSERT_TRUE(plan.solver.has_value());
  EXPECT_EQ(plan.solver->status, "optimal");
  EXPECT_EQ(plan.layers.front().bits.weight_bits, 8);
  EXPECT_EQ(plan.layers.back().bits.weight_bits, 8);
  EXPECT_EQ(plan.orm.rows(), static_cast<std::int64_t>(plan.layers.size()));
  for (const PlanLayer& layer : plan.layers) {
    EXPECT_LE(layer.gamma_interval->low, layer.gamma_interval->high);
  }
}

TEST(Search, FindsTheSamePlanForAnyThreadsAndMicroBatch) {
  const PreparedModel model = bundled_model();
  std::vector<Plan> plans;
  for (const auto& [threads, micro_batch] :
       std::vector<std::pair<int, std::int64_t>>{{1, 1}, {2, 7}, {3, 64}}) {
    set_threads(threads);
    plans.push_back(search(
        model,
        images(32),
        symmetric(),
        average_of(4.0),
        {.micro_batch = micro_batch}));
  }
  set_threads(0);
  EXPECT_EQ(bit_plan(plans[0]), bit_plan(plans[1]));
  EXPECT_EQ(bit_plan(plans[0]), bit_plan(plans[2]));
}

TEST(Search, OffersEveryGranularity) {
  for (const Granularity granularity :
       {Granularity::Block, Granularity::Stage, Granularity::Net}) {
    SearchOptions options = average_of(4.0);
    options.granularity = granularity;
    const Plan plan = search(bundled_model(), images(16), symmetric(), options);
    EXPECT_LE(plan_totals(plan).average_bits, 4.0);
    if (granularity == Granularity::Net) {
      EXPECT_DOUBLE_EQ(*plan.layers[0].gamma, *plan.layers[5].gamma);
    }
  }
}

TEST(Search, TheLinearProgrammeKeepsTheBudgetToo) {
  SearchOptions options = average_of(3.0);
  options.solver = SolverKind::Linear;
  const Plan plan = search(bundled_model(), images(16), symmetric(), options);
  EXPECT_LE(plan_totals(plan).average_bits, 3.0);
  EXPECT_GE(*plan.solver->linear_objective, plan.solver->objective);
}

TEST(Search, NamesALayerWhoseOutputIsConstant) {
  expect_search_error(
      ErrorCode::Degenerate, "only_layer", one_layer(0.0F), 8, average_of(8.0));
}

TEST(Search, NeedsTwoImagesAndFourForTheUnbiasedEstimate) {
  expect_search_error(
      ErrorCode::InvalidArgument, "2", one_layer(0.5F), 1, average_of(8.0));
  SearchOptions unbiased = average_of(8.0);
  unbiased.orm = OrmKind::Unbiased;
  expect_search_error(
      ErrorCode::InvalidArgument, "4", one_layer(0.5F), 3, unbiased);
}

TEST(Search, NamesTheSmallestFeasibleBudget) {
  expect_search_error(
      ErrorCode::Infeasible,
      "smallest feasible",
      bundled_model(),
      8,
      average_of(1.5));
}

TEST(Search, AsksForABudget) {
  expect_search_error(
      ErrorCode::InvalidArgument,
      "--size",
      bundled_model(),
      8,
      SearchOptions{});
}

TEST(Search, RejectsFeaturesThatAreNotFinite) {
  expect_search_error(
      ErrorCode::InvalidData,
      "only_layer",
      one_layer(3e38F),
      8,
      average_of(8.0));
}

TEST(Evaluate, MeasuresTheBundledNetwork) {
  const Evaluation result =
      evaluate(bundled_model(), images(2000), symmetric());
  EXPECT_EQ(result.images, 2000);
  // 1,847 by another runtime; a score that is nearly a tie may fall either way.
  EXPECT_NEAR(static_cast<double>(result.top1_hits), 1847.0, 1.0);
  EXPECT_GE(result.top5, result.top1);
}

}  // namespace
}  // namespace ompq
