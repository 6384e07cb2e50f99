// SPDX-License-Identifier: MIT
#include "ompq/export/export_model.h"

#include <gtest/gtest.h>

#include "ompq/graph/onnx_file.h"
#include "ompq/graph/shape_inference.h"

#include "tests/cli/small_network.h"
#include "tests/quantization/quantize_plainly.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

Graph network() {
  return infer_shapes(small_network());
}

QuantizedModel with_bits(int bits) {
  return quantize_plainly(network(), {.weights = {.bits = bits}});
}

TEST(ExportModel, NamesTheLayerThatAProfileCannotHoldAndOneThatCan) {
  expect_error(
      ErrorCode::Unsupported,
      "layer 'conv1' has weights of 12 bits; profile fast holds 8 at most. "
      "Profiles packed",
      [] {
        static_cast<void>(
            export_model(network(), with_bits(12), ExportProfile::Fast));
      });
  expect_error(
      ErrorCode::Unsupported, "layer 'conv1' has weights of 1 bit", [] {
        static_cast<void>(
            export_model(network(), with_bits(1), ExportProfile::Encodings));
      });
}

TEST(ExportModel, SaysInEveryFileWhatItIs) {
  QuantizedModel model = with_bits(3);
  model.layers.pop_back();
  for (const auto& [name, profile] : EnumNames<ExportProfile>::kNames) {
    const ExportedFiles files =
        export_model(network(), model, profile, {{"maker", "me"}});
    const Graph graph = parse_onnx(files.onnx, {}, "file");

    EXPECT_EQ(graph.metadata().at("ompq.profile"), name);
    EXPECT_EQ(graph.metadata().at("ompq.weight_bits"), "3,3,3,float") << name;
    EXPECT_EQ(graph.metadata().at("ompq.activation_bits"), "8,8,8,8");
    EXPECT_EQ(graph.metadata().at("maker"), "me");
    EXPECT_EQ(files.encodings.has_value(), profile == ExportProfile::Encodings);
  }
}

TEST(ExportModel, GivesTheSameBytesTwice) {
  for (const auto& [name, profile] : EnumNames<ExportProfile>::kNames) {
    EXPECT_EQ(
        export_model(network(), with_bits(4), profile).onnx,
        export_model(network(), with_bits(4), profile).onnx)
        << name;
  }
}

}  // namespace
}  // namespace ompq
