// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/layer_errors.h"

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/device.h"
#include "ompq/engine/operator.h"
#include "ompq/quantization/scale_search.h"

#include "tests/cli/small_network.h"
#include "tests/support/expect_error.h"

#include "scored_network.h"

namespace ompq {
namespace {

/// Products of float32 in another order; an error at 8 bits is a millionth of
/// the signal.
constexpr double kTolerance = 1e-3;

const std::vector<int> kWidths{2, 3, 4, 6, 8};

/// Few enough positions that all are taken.
std::vector<Tensors> images(std::int64_t each) {
  return random_images({3, 8, 8}, 12, each);
}

/// Variance of the error over that of the output, by really rounding the layer.
double measured_plainly(
    const PreparedModel& model,
    std::size_t layer,
    int bits,
    const std::vector<Tensors>& batches) {
  const std::string name = output_name(model, layer);
  const at::Tensor exact = value_of(model.graph, name, batches);
  const at::Tensor rounded =
      value_of(with_rounded_layer(model, layer, bits), name, batches);
  return summed_variance(rounded - exact) / summed_variance(exact);
}

/// A ConvTranspose in two groups: its output is no product with patches.
PreparedModel transposed_model() {
  GraphBuilder builder;
  builder.add_input(
      "image",
      DataType::Float32,
      std::vector<Dimension>{{-1, "N"}, {4, ""}, {5, ""}, {5, ""}});
  builder.add_constant("w", small_weights({4, 3, 3, 3}, 5));
  builder.add_node(
      {.name = "up",
       .op_type = "ConvTranspose",
       .inputs = {"image", "w"},
       .outputs = {"y"},
       .attributes = {
           {"strides", std::vector<std::int64_t>{2, 2}},
           {"kernel_shape", std::vector<std::int64_t>{3, 3}},
           {"group", std::int64_t{2}}}});
  builder.add_output("y");
  return scored_model(std::move(builder).build());
}

TEST(OutputErrors, EqualThoseOfReallyRoundedLayers) {
  const PreparedModel model = scored_model(small_network());
  const std::vector<Tensors> batches = images(5);

  const LayerErrors errors = measure_layer_errors(
      model, batches, errors_of(model, ErrorKind::Output, kWidths));

  ASSERT_EQ(errors.size(), 4U);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    for (const int bits : kWidths) {
      const double expected = measured_plainly(model, i, bits, batches);
      EXPECT_NEAR(errors[i].at(bits), expected, kTolerance * expected)
          << "layer " << i << ", " << bits << " bits";
    }
  }
}

TEST(OutputErrors, EqualThoseOfALayerWithoutPatches) {
  const PreparedModel model = transposed_model();
  const std::vector<Tensors> batches = random_images({4, 5, 5}, 8, 3);

  const LayerErrors errors = measure_layer_errors(
      model, batches, errors_of(model, ErrorKind::Output, {3}));

  const double expected = measured_plainly(model, 0, 3, batches);
  EXPECT_NEAR(errors[0].at(3), expected, kTolerance * expected);
}

TEST(LayerErrors, FallWithBits) {
  const PreparedModel model = scored_model(small_network());
  for (const ErrorKind kind :
       {ErrorKind::Output,
        ErrorKind::Fisher,
        ErrorKind::Balanced,
        ErrorKind::Taylor}) {
    const LayerErrors errors = measure_layer_errors(
        model, images(12), errors_of(model, kind, {2, 4, 8}));
    for (const auto& layer : errors) {
      EXPECT_GT(layer.at(2), layer.at(4)) << enum_name(kind);
      EXPECT_GT(layer.at(4), layer.at(8)) << enum_name(kind);
      EXPECT_GT(layer.at(8), 0.0) << enum_name(kind);
    }
  }
}

TEST(LayerErrors, AreTheSameForAnyThreadsAndMicroBatches) {
  const PreparedModel model = scored_model(small_network());
  for (const ErrorKind kind :
       {ErrorKind::Output,
        ErrorKind::Fisher,
        ErrorKind::Balanced,
        ErrorKind::Taylor}) {
    const LayerErrorOptions options = errors_of(model, kind, {2, 5});
    set_threads(1);
    const LayerErrors first = measure_layer_errors(model, images(3), options);
    set_threads(2);
    const LayerErrors second = measure_layer_errors(model, images(12), options);
    set_threads(0);
    for (std::size_t i = 0; i < first.size(); ++i) {
      for (const auto& [bits, error] : first[i]) {
        EXPECT_NEAR(error, second[i].at(bits), kTolerance * error)
            << enum_name(kind) << ", layer " << i;
      }
    }
  }
}

TEST(LayerErrors, MeasureTheGridsThatAreAskedFor) {
  const PreparedModel model = scored_model(small_network());
  LayerErrorOptions options = errors_of(model, ErrorKind::Output, {3});
  const LayerErrors each = measure_layer_errors(model, images(12), options);
  options.grids.per_channel = false;

  const LayerErrors one = measure_layer_errors(model, images(12), options);

  for (std::size_t i = 0; i < each.size(); ++i) {
    EXPECT_GT(one[i].at(3), each[i].at(3)) << "layer " << i;
  }
}

TEST(LayerErrors, NameTheLayerOfNumbersThatAreNotFinite) {
  const PreparedModel model = scored_model(small_network());
  std::vector<Tensors> batches = images(12);
  batches[0][0][0][0][2][2] = std::numeric_limits<float>::quiet_NaN();
  for (const ErrorKind kind :
       {ErrorKind::Output,
        ErrorKind::Fisher,
        ErrorKind::Balanced,
        ErrorKind::Taylor}) {
    expect_error(ErrorCode::InvalidData, "conv1", [&] {
      static_cast<void>(
          measure_layer_errors(model, batches, errors_of(model, kind, {4})));
    });
  }
}

TEST(LayerErrors, NeedWidthsOfEveryLayer) {
  const PreparedModel model = scored_model(small_network());
  expect_error(ErrorCode::InvalidArgument, "4 layers", [&] {
    static_cast<void>(
        measure_layer_errors(model, images(12), {.widths = {{2}}}));
  });
}

/// The network with what a layer reads rounded to a width, at the scale of the
/// whole input.
at::Tensor with_rounded_input(
    const PreparedModel& model,
    std::size_t layer,
    int bits,
    const std::vector<Tensors>& batches) {
  const Node& node = model.graph.node(model.layers.layers[layer].node);
  const at::Tensor input =
      value_of(model.graph, model.graph.value(*node.input(0)).name, batches);
  const at::Tensor flat = input.flatten().contiguous();
  const IntegerGrid grid{.bits = bits};
  const AffineParameters scale =
      search_row_scales(
          std::span(
              flat.data_ptr<float>(), static_cast<std::size_t>(flat.numel())),
          flat.numel(),
          grid)
          .front();
  const at::Tensor rounded = (at::round(input / scale.scale) + scale.zero_point)
                                 .clamp(grid.lowest(), grid.highest())
                                 .sub(scale.zero_point) *
                             scale.scale;
  const Tensors parameters{
      rounded - input, to_tensor(*model.graph.constant_input(node, 1))};
  return make_operator(node, model.graph)(parameters).front();
}

TEST(ActivationErrors, AreThoseOfRoundingTheLayersInput) {
  const PreparedModel model = scored_model(small_network());
  const std::vector<Tensors> batches = images(5);
  LayerErrorOptions options = errors_of(model, ErrorKind::Output, {8});
  options.activation_widths = {3, 6};

  const ErrorTables errors = measure_error_tables(model, batches, options);

  ASSERT_EQ(errors.activations.size(), 4U);
  // Both read what a Relu makes.
  for (const std::size_t layer : {1U, 2U}) {
    const double signal = summed_variance(
        value_of(model.graph, output_name(model, layer), batches));
    for (const int bits : {3, 6}) {
      const double expected =
          summed_variance(with_rounded_input(model, layer, bits, batches)) /
          signal;
      // The scale is searched roughly, and on a part of the numbers.
      EXPECT_NEAR(errors.activations[layer].at(bits) / expected, 1.0, 0.3)
          << layer << ", " << bits << " bits";
    }
  }
}

TEST(ActivationErrors, FallWithTheWidthForFisher) {
  const PreparedModel model = scored_model(small_network());
  LayerErrorOptions options = errors_of(model, ErrorKind::Fisher, {8});
  options.activation_widths = {2, 4, 8};
  const ErrorTables errors = measure_error_tables(model, images(6), options);
  for (const auto& of_layer : errors.activations) {
    EXPECT_GT(of_layer.at(2), of_layer.at(4));
    EXPECT_GT(of_layer.at(4), of_layer.at(8));
    EXPECT_GT(of_layer.at(8), 0.0);
  }
}

TEST(ActivationErrors, AreLeftOutUnlessAskedFor) {
  const PreparedModel model = scored_model(small_network());
  EXPECT_TRUE(measure_error_tables(
                  model, images(6), errors_of(model, ErrorKind::Output, {8}))
                  .activations.empty());
}

}  // namespace
}  // namespace ompq
