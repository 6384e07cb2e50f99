// SPDX-License-Identifier: MIT
//
// Errors that gradients weigh: against divergences of really rounded networks
// and against networks whose gradients are known.
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/cli/small_network.h"
#include "tests/support/expect_error.h"

#include "scored_network.h"

namespace ompq {
namespace {

/// Products of float32 in another order.
constexpr double kTolerance = 1e-4;

/// A 1x1 convolution of a picture of one pixel, times a factor: the gradient of
/// its output is the factor, with random signs.
PreparedModel scaled_convolution(float factor) {
  GraphBuilder builder;
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {6, ""}, {1, ""}, {1, ""}});
  builder.add_constant("w", small_weights({1, 6, 1, 1}, 5));
  builder.add_constant("factor", Constant::from(std::vector{factor}, {1}));
  builder.add_node(
      {.name = "only_layer",
       .op_type = "Conv",
       .inputs = {"image", "w"},
       .outputs = {"features"}});
  builder.add_node(
      {.name = "scale",
       .op_type = "Mul",
       .inputs = {"features", "factor"},
       .outputs = {"y"}});
  builder.add_output("y");
  return scored_model(std::move(builder).build());
}

/// The small network with one more node at its end.
PreparedModel small_model_then(const std::string& op_type) {
  GraphBuilder builder(small_network());
  builder.add_node(
      {.name = "last",
       .op_type = op_type,
       .inputs = {"scores"},
       .outputs = {"last"},
       .attributes = {{"axis", std::int64_t{1}}}});
  builder.clear_outputs();
  builder.add_output("last");
  return scored_model(std::move(builder).build());
}

LayerErrors errors_at(
    const PreparedModel& model,
    ErrorKind kind,
    int bits,
    const std::vector<Tensors>& batches) {
  return measure_layer_errors(model, batches, errors_of(model, kind, {bits}));
}

/// Mean divergence of the classes of the network with a rounded layer, the
/// mean of that layer's error taken away as a corrected bias does.
double divergence_plainly(
    const PreparedModel& model, int bits, const std::vector<Tensors>& batches) {
  const std::size_t last = model.layers.layers.size() - 1;
  const std::string name = output_name(model, last);
  const at::Tensor exact = value_of(model.graph, name, batches);
  const at::Tensor error =
      value_of(with_rounded_layer(model, last, bits), name, batches) - exact;
  const at::Tensor rounded = exact + error - error.mean(0, true);
  const at::Tensor p = at::log_softmax(exact.to(at::kDouble), 1);
  const at::Tensor q = at::log_softmax(rounded.to(at::kDouble), 1);
  return (at::exp(p) * (p - q)).sum(1).mean().item<double>();
}

TEST(GradientErrors, AreHalfTheVarianceTimesTheSquaredGradient) {
  constexpr float kFactor = 3.0F;
  const PreparedModel model = scaled_convolution(kFactor);
  const std::vector<Tensors> batches = random_images({6, 1, 1}, 20, 7);
  const at::Tensor error =
      value_of(with_rounded_layer(model, 0, 3), "features", batches) -
      value_of(model.graph, "features", batches);
  const double expected = 0.5 * kFactor * kFactor * summed_variance(error);

  for (const ErrorKind kind : {ErrorKind::Fisher, ErrorKind::Taylor}) {
    EXPECT_NEAR(
        errors_at(model, kind, 3, batches)[0].at(3),
        expected,
        kTolerance * expected)
        << enum_name(kind);
  }
}

TEST(GradientErrors, EstimateTheDivergenceOfTheClasses) {
  // 2,000 labels are drawn; their squares scatter by a few per cent.
  constexpr double kScatter = 0.2;
  const PreparedModel model = scored_model(small_network());
  const std::vector<Tensors> batches = random_images({3, 8, 8}, 2000, 500);
  const double expected = divergence_plainly(model, 4, batches);

  const LayerErrors errors = errors_at(model, ErrorKind::Taylor, 4, batches);

  EXPECT_NEAR(errors.back().at(4), expected, kScatter * expected);
}

TEST(GradientErrors, AreTheSameIfTheNetworkEndsWithProbabilities) {
  const PreparedModel scores = scored_model(small_network());
  const PreparedModel probabilities = small_model_then("Softmax");
  const std::vector<Tensors> batches = random_images({3, 8, 8}, 12, 12);
  for (const ErrorKind kind : {ErrorKind::Fisher, ErrorKind::Taylor}) {
    const LayerErrors expected = errors_at(scores, kind, 3, batches);
    const LayerErrors errors = errors_at(probabilities, kind, 3, batches);
    for (std::size_t i = 0; i < errors.size(); ++i) {
      EXPECT_NEAR(
          errors[i].at(3), expected[i].at(3), kTolerance * expected[i].at(3))
          << enum_name(kind) << ", layer " << i;
    }
  }
}

TEST(GradientErrors, TaylorOfALayerWithoutPatchesIsThatOfItsTwin) {
  // A ConvTranspose of one pixel with one kernel position is a convolution.
  GraphBuilder builder;
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {6, ""}, {1, ""}, {1, ""}});
  builder.add_constant("w", small_weights({6, 1, 1, 1}, 5));
  builder.add_node(
      {.name = "up",
       .op_type = "ConvTranspose",
       .inputs = {"image", "w"},
       .outputs = {"y"}});
  builder.add_output("y");
  const PreparedModel transposed = scored_model(std::move(builder).build());
  const PreparedModel plain = scaled_convolution(1.0F);
  const std::vector<Tensors> batches = random_images({6, 1, 1}, 8, 3);

  const double expected =
      errors_at(plain, ErrorKind::Taylor, 3, batches)[0].at(3);

  EXPECT_NEAR(
      errors_at(transposed, ErrorKind::Taylor, 3, batches)[0].at(3),
      expected,
      kTolerance * expected);
}

TEST(GradientErrors, SayWhyThereIsNoGradientAndNameAnotherScore) {
  const PreparedModel model = small_model_then("ArgMax");
  const std::vector<Tensors> batches = random_images({3, 8, 8}, 4, 4);
  for (const std::string part : {"conv1", "ArgMax", "--score sqnr"}) {
    expect_error(ErrorCode::Unsupported, part, [&] {
      static_cast<void>(errors_at(model, ErrorKind::Fisher, 3, batches));
    });
  }
}

}  // namespace
}  // namespace ompq
