// SPDX-License-Identifier: MIT
#include <cmath>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/sensitivity/layer_errors.h"

#include "tests/cli/small_network.h"
#include "tests/support/expect_error.h"

#include "scored_network.h"

namespace ompq {
namespace {

TEST(BalancedErrors, AreTheGeometricMeanOfTheOtherTwo) {
  const PreparedModel model = scored_model(small_network());
  const auto measured = [&](ErrorKind kind) {
    LayerErrorOptions options = errors_of(model, kind, {2, 5});
    options.activation_widths = {4};
    return measure_error_tables(
        model, random_images({3, 8, 8}, 12, 6), options);
  };
  const ErrorTables output = measured(ErrorKind::Output);
  const ErrorTables fisher = measured(ErrorKind::Fisher);

  const ErrorTables balanced = measured(ErrorKind::Balanced);

  // The three take patches at other positions.
  constexpr double kNear = 0.1;
  const auto expect_mean = [&](const LayerErrors ErrorTables::*part) {
    for (std::size_t i = 0; i < (balanced.*part).size(); ++i) {
      for (const auto& [bits, error] : (balanced.*part)[i]) {
        const double mean =
            std::sqrt((output.*part)[i].at(bits) * (fisher.*part)[i].at(bits));
        EXPECT_NEAR(error / mean, 1.0, kNear) << i << ", " << bits << " bits";
      }
    }
  };
  ASSERT_EQ(balanced.activations.size(), 4U);
  expect_mean(&ErrorTables::weights);
  expect_mean(&ErrorTables::activations);
}

/// The second layer adds what the first one makes of x to nothing:
/// x / 2 - 7/8 x + 3/16 2x, exact for small whole numbers.
PreparedModel cancelling_model() {
  GraphBuilder builder("cancelling", 21);
  builder.add_input(
      "x",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {1, ""}, {4, ""}, {4, ""}});
  builder.add_constant(
      "split_weight",
      Constant::from(std::vector<float>{1.0F, -1.0F, 2.0F}, {3, 1, 1, 1}));
  builder.add_constant(
      "sum_weight",
      Constant::from(std::vector<float>{0.5F, 0.875F, 0.1875F}, {1, 3, 1, 1}));
  builder.add_node(
      {.name = "split",
       .op_type = "Conv",
       .inputs = {"x", "split_weight"},
       .outputs = {"parts"}});
  builder.add_node(
      {.name = "sum",
       .op_type = "Conv",
       .inputs = {"parts", "sum_weight"},
       .outputs = {"nothing"}});
  builder.add_output("nothing");
  return scored_model(std::move(builder).build());
}

TEST(BalancedErrors, AreFishersWhereTheOutputIsConstant) {
  const PreparedModel model = cancelling_model();
  const std::vector<Tensors> batches{
      {at::arange(64).to(at::kFloat).reshape({4, 1, 4, 4})}};
  const auto measured = [&](ErrorKind kind) {
    return measure_layer_errors(model, batches, errors_of(model, kind, {2}));
  };

  expect_error(ErrorCode::Degenerate, "'sum'", [&] {
    static_cast<void>(measured(ErrorKind::Output));
  });
  const double fisher = measured(ErrorKind::Fisher)[1].at(2);
  EXPECT_GT(fisher, 0.0);
  EXPECT_EQ(measured(ErrorKind::Balanced)[1].at(2), fisher);
}

}  // namespace
}  // namespace ompq
