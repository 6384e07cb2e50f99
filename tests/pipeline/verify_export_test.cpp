// SPDX-License-Identifier: MIT
#include "ompq/pipeline/verify_export.h"

#include <gtest/gtest.h>

#include "ompq/export/fast_graph.h"
#include "ompq/export/integer_biases.h"
#include "ompq/export/packed_graph.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/cli/small_network.h"
#include "tests/quantization/calibrate_plainly.h"
#include "tests/quantization/quantize_plainly.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

Graph network() {
  return infer_shapes(small_network());
}

/// Weights of 4 bits, activations of 8 on grids that fit.
QuantizedModel quantized() {
  QuantizedModel model =
      quantize_plainly(network(), {.activation_scale = 0.0F});
  model.activations = calibrate_plainly(network(), {.bits = 8});
  for (QuantizedLayer& layer : model.layers) {
    const auto axis = static_cast<std::size_t>(layer.weight.axis);
    layer.bias.assign(
        static_cast<std::size_t>(layer.weight.shape[axis]), 0.125F);
  }
  return model;
}

Graph read_back(const Graph& graph) {
  return infer_shapes(
      canonicalize(parse_onnx(serialize_onnx(graph), {}, "file")));
}

Graph simulation(const QuantizedModel& model) {
  return infer_shapes(to_qdq_graph(network(), model));
}

TEST(VerifyExport, FindsNoDifferenceWhereThereIsNone) {
  const QuantizedModel model = quantized();

  const Verification found = verify_export(
      read_back(to_qdq_graph(network(), model)), simulation(model), "file");

  EXPECT_GE(found.values, 7);
  EXPECT_EQ(found.largest_difference, 0.0);
}

/// In packed files quantizers do the work of the Relus before them.
TEST(VerifyExport, ComparesWhatIsThereWhereLimitsMoved) {
  const QuantizedModel model = with_integer_biases(network(), quantized());
  const VerificationOptions moved{.moves_limits = true};

  const Verification found = verify_export(
      read_back(to_packed_graph(network(), model)),
      simulation(model),
      "file",
      moved);

  EXPECT_GE(found.values, 4);
  EXPECT_EQ(found.largest_difference, 0.0);
  QuantizedModel other = model;
  for (float& bias : other.layers[1].bias) {
    bias += 1.0F;
  }
  expect_error(ErrorCode::Internal, "away from the simulation", [&] {
    verify_export(
        read_back(to_packed_graph(network(), other)),
        simulation(model),
        "file",
        moved);
  });
}

TEST(VerifyExport, NamesTheFirstNodeThatDiffers) {
  const QuantizedModel model = quantized();
  QuantizedModel other = model;
  other.layers[1].weight.codes[0] +=
      other.layers[1].weight.codes[0] > 0 ? -1 : 1;
  const Graph exported = read_back(to_qdq_graph(network(), other));

  expect_error(ErrorCode::Internal, "node 'conv2' gives 'conv2.output'", [&] {
    verify_export(exported, simulation(model), "file");
  });
}

/// One sample gives the same numbers, several would not run.
TEST(VerifyExport, SeesANetworkThatTakesOneSampleOnly) {
  const QuantizedModel model = quantized();
  const Graph exported = read_back(to_qdq_graph(network(), model));
  GraphBuilder builder(exported);
  const Value& last = exported.value(exported.outputs().front());
  std::vector<Dimension> shape = *last.shape;
  ASSERT_TRUE(shape.front().is_dynamic());
  shape.front() = {.size = 1, .symbol = {}};
  builder.set_shape(last.name, shape);
  const Graph fixed = std::move(builder).build();

  expect_error(ErrorCode::Internal, "another shape", [&] {
    verify_export(fixed, simulation(model), "file");
  });
}

TEST(VerifyExport, MissesNoQuantizer) {
  const QuantizedModel model = quantized();
  QuantizedModel other = model;
  other.activations.pop_back();
  const Graph exported = read_back(to_qdq_graph(network(), other));

  expect_error(ErrorCode::Internal, "node 'flatten' gives 'flat'", [&] {
    verify_export(exported, simulation(model), "file");
  });
}

TEST(VerifyExport, AllowsRoundedBiasesOnlyWhereTold) {
  const QuantizedModel model = quantized();
  const Graph fast = read_back(to_fast_graph(network(), model));
  const VerificationOptions rounds{.tolerance = 0.03, .rounds = true};

  EXPECT_LE(
      verify_export(fast, simulation(model), "file", rounds).largest_difference,
      0.03);

  QuantizedModel other = model;
  other.layers[2].bias[3] += 1.0F;
  expect_error(ErrorCode::Internal, "away from the simulation", [&] {
    verify_export(
        read_back(to_fast_graph(network(), other)),
        simulation(model),
        "file",
        rounds);
  });
}

}  // namespace
}  // namespace ompq
