// SPDX-License-Identifier: MIT
//
// Writes a network quantized in the plainest way, for comparison with other
// runtimes:
//
//   write_quantized MODEL.onnx OUT.onnx WEIGHT_BITS ACTIVATION_BITS|0 [PROFILE]
//
// Activations are put on a grid between the extremes that they take for random
// inputs; 0 leaves them float. PROFILE is qonnx or encodings; QuantizeLinear
// and DequantizeLinear are written without one.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/json_file.h"
#include "ompq/engine/network.h"
#include "ompq/export/encodings.h"
#include "ompq/export/qonnx_graph.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/graph/shape_inference.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/quantization/quantize_plainly.h"

namespace ompq {
namespace {

Tensors random_inputs(const Graph& graph) {
  Tensors inputs;
  for (const ValueId id : graph.inputs()) {
    inputs.push_back(at::rand(*shape_at_batch(graph.value(id))) * 4 - 2);
  }
  return inputs;
}

/// Grids that hold what the values are for random inputs.
void calibrate(const Graph& graph, QuantizedModel& model) {
  NetworkOptions options{.taps = {}, .fuse = false};
  std::vector<QuantizedActivation*> tapped;
  for (QuantizedActivation& activation : model.activations) {
    const ValueId id = *graph.find_value(activation.value);
    if (graph.value(id).producer.has_value()) {
      options.taps.push_back(id);
      tapped.push_back(&activation);
    } else {
      activation.parameters = {.scale = 4.0F / activation.grid.steps()};
      activation.parameters.zero_point = activation.grid.steps() / 2;
    }
  }
  const Network network(graph, options);
  static_cast<void>(network.run({random_inputs(graph)}, [&](const TapEvent& e) {
    QuantizedActivation& activation = *tapped[e.tap];
    const float low = std::min(0.0F, e.slices[0].min().item<float>());
    const float high = std::max(low + 1e-3F, e.slices[0].max().item<float>());
    const auto steps = static_cast<float>(activation.grid.steps());
    activation.parameters.scale = (high - low) / steps;
    activation.parameters.zero_point = std::clamp(
        static_cast<int>(std::lround(-low / activation.parameters.scale)),
        activation.grid.lowest(),
        activation.grid.highest());
    return false;
  }));
}

void write_quantized(
    const std::string& from,
    const std::string& to,
    int weight_bits,
    int activation_bits,
    const std::string& profile) {
  const PreparedModel model = load_model(from);
  PlainOptions options;
  options.weights.bits = weight_bits;
  options.activations.bits = activation_bits == 0 ? 8 : activation_bits;
  options.activation_scale = activation_bits == 0 ? 0.0F : 1.0F;
  QuantizedModel quantized = quantize_plainly(model.graph, options);
  calibrate(model.graph, quantized);
  if (profile == "qonnx") {
    write_onnx(to_qonnx_graph(model.graph, quantized), to);
  } else if (profile == "encodings") {
    GraphBuilder builder(to_rounded_graph(model.graph, quantized));
    builder.set_metadata("ompq.profile", profile);
    write_onnx(std::move(builder).build(), to);
    write_json(
        std::filesystem::path(to).replace_extension(".encodings"),
        to_aimet_encodings(model.graph, quantized));
  } else {
    write_onnx(to_qdq_graph(model.graph, quantized), to);
  }
}

}  // namespace
}  // namespace ompq

int main(int count, char** words) {
  if (count != 5 && count != 6) {
    return 2;
  }
  try {
    ompq::write_quantized(
        words[1],
        words[2],
        std::atoi(words[3]),
        std::atoi(words[4]),
        count == 6 ? words[5] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
