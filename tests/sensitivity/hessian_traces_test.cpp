// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/hessian_traces.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/reconstruction/weight_rows.h"
#include "ompq/sensitivity/rounding_errors.h"

#include "tests/cli/small_network.h"
#include "tests/support/expect_error.h"

#include "scored_network.h"

namespace ompq {
namespace {

/// Two products: [n, 6] -> [n, 5] -> [n, 4] scores.
PreparedModel two_products(const std::string& between) {
  GraphBuilder builder;
  builder.add_input(
      "x", DataType::Float32, std::vector<Dimension>{{-1, "N"}, {6, ""}});
  builder.add_constant("a", small_weights({6, 5}, 1));
  builder.add_constant("b", small_weights({5, 4}, 2));
  builder.add_node(
      {.name = "first",
       .op_type = "MatMul",
       .inputs = {"x", "a"},
       .outputs = {"h"}});
  builder.add_node(
      {.name = "between",
       .op_type = between,
       .inputs = {"h"},
       .outputs = {"t"}});
  builder.add_node(
      {.name = "second",
       .op_type = "MatMul",
       .inputs = {"t", "b"},
       .outputs = {"y"}});
  builder.add_output("y");
  return scored_model(std::move(builder).build());
}

at::Tensor weight_of(const PreparedModel& model, std::size_t layer) {
  const Node& node = model.graph.node(model.layers.layers[layer].node);
  return to_tensor(*model.graph.constant_input(node, 1)).to(at::kDouble);
}

/// Traces of the Fisher matrix of softmax(tanh(x A) B), by formula: with
/// F = diag(p) - p p' and the Jacobians of the scores y,
///
///   tr(H_B) = mean |t|^2 tr(F)
///   tr(H_A) = mean |x|^2 sum_k (1 - t_k^2)^2 b_k F b_k'
std::vector<double> analytic_traces(
    const PreparedModel& model, const at::Tensor& inputs) {
  const at::Tensor a = weight_of(model, 0);
  const at::Tensor b = weight_of(model, 1);
  const at::Tensor x = inputs.to(at::kDouble);
  const at::Tensor t = at::tanh(at::mm(x, a));
  const at::Tensor p = at::softmax(at::mm(t, b), 1);
  double first = 0.0;
  double second = 0.0;
  for (std::int64_t n = 0; n < x.size(0); ++n) {
    const at::Tensor fisher = at::diag(p[n]) - at::outer(p[n], p[n]);
    const at::Tensor slope = (1 - t[n].square()).square();
    const at::Tensor curvature = at::mm(at::mm(b, fisher), b.t()).diagonal();
    second += (t[n].square().sum() * fisher.trace()).item<double>();
    first += (x[n].square().sum() * (slope * curvature).sum()).item<double>();
  }
  const auto count = static_cast<double>(x.size(0));
  return {first / count, second / count};
}

TEST(HessianTraces, AreThoseOfTheFormula) {
  const PreparedModel model = two_products("Tanh");
  const std::vector<Tensors> inputs = random_images({6}, 12, 5);

  const std::vector<double> traces =
      hessian_traces(model, inputs, {.directions = 150, .samples = 12});

  const std::vector<double> expected = analytic_traces(
      model, at::cat({inputs[0][0], inputs[1][0], inputs[2][0]}));
  // The estimate scatters by about 1 / sqrt(directions).
  EXPECT_NEAR(traces[0] / expected[0], 1.0, 0.2);
  EXPECT_NEAR(traces[1] / expected[1], 1.0, 0.2);
}

TEST(HessianTraces, TakeTheFirstSamplesOnly) {
  const PreparedModel model = two_products("Tanh");
  const std::vector<Tensors> all = random_images({6}, 12, 5);
  const std::vector<Tensors> some{{all[0][0].narrow(0, 0, 3)}};

  const HessianOptions options{.directions = 2, .samples = 3};
  const std::vector<double> of_all = hessian_traces(model, all, options);
  const std::vector<double> of_some = hessian_traces(model, some, options);

  for (std::size_t i = 0; i < of_all.size(); ++i) {
    EXPECT_NEAR(of_all[i] / of_some[i], 1.0, 1e-3);
  }
}

TEST(HessianTraces, AreTheSameForTheSameSeed) {
  const PreparedModel model = two_products("Relu");
  const std::vector<Tensors> inputs = random_images({6}, 8, 8);
  EXPECT_EQ(
      hessian_traces(model, inputs, {.seed = 3}),
      hessian_traces(model, inputs, {.seed = 3}));
  EXPECT_NE(
      hessian_traces(model, inputs, {.seed = 3}),
      hessian_traces(model, inputs, {.seed = 4}));
}

TEST(HessianErrors, AreTheTraceTimesTheMeanSquaredError) {
  const PreparedModel model = two_products("Relu");
  const std::vector<Tensors> inputs = random_images({6}, 8, 4);
  const std::vector<double> traces = hessian_traces(model, inputs);

  const LayerErrors errors = measure_layer_errors(
      model, inputs, errors_of(model, ErrorKind::Hessian, {2, 4}));

  for (std::size_t i = 0; i < errors.size(); ++i) {
    const RoundingErrors rounding = rounding_errors(
        model.graph,
        model.layers.layers[i],
        {2, 4},
        {.density = ScaleDensity::Fine});
    for (std::size_t w = 0; w < 2; ++w) {
      const double mean = rounding.errors[w].square().mean().item<double>();
      EXPECT_NEAR(
          errors[i].at(w == 0 ? 2 : 4), 0.5 * traces[i] * mean, 1e-6 * mean);
    }
  }
}

TEST(HessianTraces, NameALayerThatNoGradientReaches) {
  GraphBuilder builder(small_network());
  builder.add_node(
      {.name = "last",
       .op_type = "ArgMax",
       .inputs = {"scores"},
       .outputs = {"last"},
       .attributes = {{"axis", std::int64_t{1}}}});
  builder.clear_outputs();
  builder.add_output("last");
  const PreparedModel model = scored_model(std::move(builder).build());
  expect_error(ErrorCode::Unsupported, "'conv1'", [&] {
    static_cast<void>(hessian_traces(model, random_images({3, 8, 8}, 4, 4)));
  });
}

}  // namespace
}  // namespace ompq
