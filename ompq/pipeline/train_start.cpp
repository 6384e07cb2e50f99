// SPDX-License-Identifier: MIT
#include "ompq/pipeline/train_start.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/core/sha256.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/export/integer_biases.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/pipeline/export_network.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/result_folder.h"
#include "ompq/reconstruction/reconstruct.h"
#include "ompq/reconstruction/weight_rows.h"

namespace ompq {
namespace {

std::map<std::string, at::Tensor> real_weights_of(const PreparedModel& model) {
  std::map<std::string, at::Tensor> weights;
  for (const Layer& layer : model.layers.layers) {
    const Node& node = model.graph.node(layer.node);
    weights.emplace(
        layer.name,
        to_rows(
            to_tensor(*model.graph.constant_input(node, 1)),
            weight_rows(model.graph, layer)));
  }
  return weights;
}

/// Gives a weight the grid of the planned width. From 8 bits on its zero point
/// is the middle, as quantize makes it; see has_symmetric_weights().
void widen(QuantizedWeight& weight, int bits) {
  const IntegerGrid wide{.bits = bits, .is_signed = weight.grid.is_signed};
  if (weight.grid == wide || weight.group_size > 0 || wide.is_signed) {
    weight.grid = wide;
    return;
  }
  weight.grid = wide;
  const ReconstructionOptions defaults;
  if (!has_symmetric_weights(defaults, bits)) {
    return;
  }
  const std::int32_t middle = std::int32_t{1} << (bits - 1);
  std::int64_t inner = 1;
  for (auto i = static_cast<std::size_t>(weight.axis) + 1;
       i < weight.shape.size();
       ++i) {
    inner *= weight.shape[i];
  }
  const auto channels = static_cast<std::int64_t>(weight.zero_points.size());
  for (std::size_t i = 0; i < weight.codes.size(); ++i) {
    const auto channel = static_cast<std::size_t>(
        static_cast<std::int64_t>(i) / inner % channels);
    weight.codes[i] = std::clamp(
        weight.codes[i] - weight.zero_points[channel] + middle,
        wide.lowest(),
        wide.highest());
  }
  std::ranges::fill(weight.zero_points, middle);
}

void check_layers(
    const QuantizedNetwork& network,
    const LayerTable& found,
    const PreparedModel& model,
    const std::string& where) {
  const LayerTable& expected = model.layers.layers;
  for (std::size_t i = 0; i < std::max(found.size(), expected.size()); ++i) {
    const bool is_same = i < found.size() && i < expected.size() &&
                         found[i].name == expected[i].name &&
                         found[i].weight_shape == expected[i].weight_shape;
    OMPQ_CHECK(
        is_same,
        ErrorCode::InvalidArgument,
        "[train] {}: layer {} is '{}', of the model '{}'; --from takes what "
        "ompq quantize made of this model",
        where,
        i,
        i < found.size() ? found[i].name : "missing",
        i < expected.size() ? expected[i].name : "missing");
  }
  OMPQ_CHECK(
      network.float_layers.empty(),
      ErrorCode::InvalidArgument,
      "[train] {}: layer '{}' has no integer weights",
      where,
      network.float_layers.front());
}

void take_widths(
    QuantizedModel& quantized, const Plan& plan, const std::string& where) {
  for (QuantizedLayer& layer : quantized.layers) {
    const auto planned = std::ranges::find_if(
        plan.layers,
        [&](const PlanLayer& each) { return each.name == layer.name; });
    const int bits = planned->bits.weight_bits;
    OMPQ_CHECK(
        layer.weight.grid.bits <= bits,
        ErrorCode::InvalidArgument,
        "[train] {}: layer '{}' has integers of {} bits, the plan says {}; "
        "quantize by this plan first, or leave --plan out",
        where,
        layer.name,
        layer.weight.grid.bits,
        bits);
    widen(layer.weight, bits);
  }
}

}  // namespace

TrainingStart start_from_result(
    const PreparedModel& model,
    const Plan& plan,
    const std::filesystem::path& path,
    const ShapeOptions& shapes) {
  const std::filesystem::path file = model_file_of(path);
  QuantizedNetwork network = read_quantized_network(file, shapes);
  LayerTable layers = find_quantizable_layers(network.graph).layers;
  check_layers(network, layers, model, file.string());
  take_widths(network.model, plan, file.string());
  auto bias_inputs = find_integer_bias_inputs(network.graph, network.model);
  return {
      .graph = std::move(network.graph),
      .layers = std::move(layers),
      .quantized = std::move(network.model),
      .real_weights = real_weights_of(model),
      .norms = {},
      .bias_inputs = std::move(bias_inputs)};
}

TrainingStart start_from_float(
    const PreparedModel& model,
    const Plan& plan,
    const ExampleSet& calibration,
    const ReconstructionOptions& options,
    const InputOptions& input,
    Observer& observer) {
  std::vector<Tensors> inputs = load_inputs(
      model, calibration.dataset, calibration.preprocessing, input, observer);
  ReconstructionOptions nearest = options;
  nearest.method = RoundingMethod::Nearest;
  nearest.correct_bias = false;
  NoUnitStore store;
  Reconstruction result = reconstruct(
      model, bit_plan(plan), std::move(inputs), nearest, store, observer);
  LayerTable layers = find_quantizable_layers(result.graph).layers;
  auto bias_inputs = find_integer_bias_inputs(result.graph, result.model);
  return {
      .graph = std::move(result.graph),
      .layers = std::move(layers),
      .quantized = std::move(result.model),
      .real_weights = real_weights_of(model),
      .norms = {},
      .bias_inputs = std::move(bias_inputs)};
}

std::map<std::string, LayerNorm> norms_of_model(
    const PreparedModel& model,
    NormKind norm,
    const ShapeOptions& shapes,
    Observer& observer) {
  if (norm == NormKind::Fold) {
    return {};
  }
  auto norms = find_layer_norms(
      infer_shapes(canonicalize(read_onnx(model.path)), shapes));
  if (norms.empty()) {
    observer.warn(fmt::format(
        "{}: no BatchNormalization behind a layer, it was folded before the "
        "file was written: --bn has nothing to keep",
        model.path.string()));
  }
  return norms;
}

std::string start_digest(const TrainingStart& start) {
  Sha256 hash;
  const auto add = [&](const auto& numbers) {
    hash.add(
        {reinterpret_cast<const char*>(numbers.data()),
         numbers.size() * sizeof(numbers[0])});
  };
  for (const QuantizedLayer& layer : start.quantized.layers) {
    hash.add(layer.name);
    add(layer.weight.codes);
    add(layer.weight.scales);
    add(layer.weight.zero_points);
    add(layer.bias);
  }
  for (const QuantizedActivation& each : start.quantized.activations) {
    hash.add(fmt::format(
        "{} {} {} {}",
        each.value,
        each.grid.bits,
        each.parameters.scale,
        each.parameters.zero_point));
  }
  return hash.hexadecimal();
}

}  // namespace ompq
