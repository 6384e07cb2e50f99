// SPDX-License-Identifier: MIT
// What reconstruct() says about plans, data and weights that it cannot use.
#include <cmath>
#include <limits>

#include "tests/cli/small_network.h"
#include "tests/reconstruction/reconstruction_fixture.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

std::vector<Tensors> pictures() {
  return random_batches({8, 3, 8, 8}, 4);
}

/// The small network with one number of a constant replaced.
PreparedModel with_number(
    const std::string& name, std::size_t place, float number) {
  const Graph graph = small_network();
  const Constant& constant =
      *graph.value(graph.find_value(name).value()).constant;
  std::vector<float> elements(
      constant.elements<float>().begin(), constant.elements<float>().end());
  elements[place] = number;
  GraphBuilder builder(graph);
  builder.add_constant(
      "damaged", Constant::from<float>(elements, constant.shape()));
  builder.replace_uses(name, "damaged");
  return prepared(std::move(builder).build());
}

void expect_refused(
    const PreparedModel& model,
    const BitPlan& plan,
    const std::vector<Tensors>& calibration,
    ErrorCode code,
    const std::string& part,
    const ReconstructionOptions& options = short_run()) {
  expect_error(code, part, [&] {
    static_cast<void>(reconstruct_plainly(model, plan, calibration, options));
  });
}

TEST(ReconstructErrors, APlanHasAsManyLayersAsTheNetwork) {
  const PreparedModel model = prepared(small_network());
  for (const std::size_t layers : {0U, 3U, 5U}) {
    expect_refused(
        model,
        uniform_plan(layers, 4, 8),
        pictures(),
        ErrorCode::InvalidPlan,
        "the network 4");
  }
}

TEST(ReconstructErrors, WidthsAreInsideTheirRange) {
  const PreparedModel model = prepared(small_network());
  for (const int bits : {-1, 0, 17}) {
    BitPlan weights = uniform_plan(4, 4, 8);
    weights.layers[1].weight_bits = bits;
    BitPlan activations = uniform_plan(4, 4, 8);
    activations.layers[2].activation_bits = bits;

    expect_refused(
        model, weights, pictures(), ErrorCode::InvalidPlan, "'conv2': weights");
    expect_refused(
        model,
        activations,
        pictures(),
        ErrorCode::InvalidPlan,
        "'conv3': activations");
  }
}

TEST(ReconstructErrors, ASymmetricGridHasTwoBits) {
  const PreparedModel model = prepared(small_network());
  ReconstructionOptions options = short_run();
  options.symmetric_weights = true;

  expect_refused(
      model,
      uniform_plan(4, 1, 8),
      pictures(),
      ErrorCode::InvalidPlan,
      "symmetric",
      options);
}

TEST(ReconstructErrors, CalibrationDataFitTheNetwork) {
  const PreparedModel model = prepared(small_network());
  const BitPlan plan = uniform_plan(4, 4, 8);
  const at::Tensor picture = at::zeros({1, 3, 8, 8});

  expect_refused(
      model, plan, {}, ErrorCode::InvalidData, "no calibration examples");
  expect_refused(model, plan, {{}}, ErrorCode::InvalidData, "0 tensors");
  expect_refused(
      model, plan, {{picture, picture}}, ErrorCode::InvalidData, "2 tensors");
  expect_refused(
      model,
      plan,
      {{picture}, {at::zeros({0, 3, 8, 8})}},
      ErrorCode::InvalidData,
      "micro-batch 1: input 'image' has 0 examples");
}

TEST(ReconstructErrors, AnInputThatIsNotFiniteIsNamed) {
  const PreparedModel model = prepared(small_network());
  for (const float number :
       {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    std::vector<Tensors> calibration = pictures();
    calibration[2][0][3][1][4][4] = number;

    expect_refused(
        model,
        uniform_plan(4, 4, 8),
        calibration,
        ErrorCode::InvalidData,
        "value 'image' of the network's input");
  }
}

TEST(ReconstructErrors, AnActivationThatIsNotFiniteIsNamedWithItsNode) {
  expect_refused(
      with_number("conv3.weight", 4, std::nanf("")),
      uniform_plan(4, 4, 8),
      pictures(),
      ErrorCode::InvalidData,
      "value 'conv3.output' of node 'conv3'");
}

TEST(ReconstructErrors, AWeightThatIsNotFiniteIsNamedWithItsLayer) {
  for (const float number :
       {std::nanf(""), -std::numeric_limits<float>::infinity()}) {
    expect_refused(
        with_number("conv2.weight", 4, number),
        uniform_plan(4, 4),
        pictures(),
        ErrorCode::InvalidData,
        "layer 'conv2'");
  }
}

TEST(ReconstructErrors, ConstantActivationsAreNone) {
  const PreparedModel model = prepared(small_network());
  for (const float number : {0.0F, 0.7F, 1000.1F}) {
    std::vector<Tensors> calibration = pictures();
    for (Tensors& inputs : calibration) {
      inputs[0].fill_(number);
    }

    const Reconstruction result = reconstruct_plainly(
        model,
        uniform_plan(4, 4, 8),
        calibration,
        short_run(RoundingMethod::Block, 3));

    for (const QuantizedLayer& layer : result.model.layers) {
      for (const float scale : layer.weight.scales) {
        EXPECT_TRUE(std::isfinite(scale) && scale > 0.0F) << layer.name;
      }
      for (const float bias : layer.bias) {
        EXPECT_TRUE(std::isfinite(bias)) << layer.name;
      }
    }
  }
}

}  // namespace
}  // namespace ompq
