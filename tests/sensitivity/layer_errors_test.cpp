// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/layer_errors.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/engine/device.h"

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
       {ErrorKind::Output, ErrorKind::Fisher, ErrorKind::Taylor}) {
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
       {ErrorKind::Output, ErrorKind::Fisher, ErrorKind::Taylor}) {
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
       {ErrorKind::Output, ErrorKind::Fisher, ErrorKind::Taylor}) {
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

}  // namespace
}  // namespace ompq
