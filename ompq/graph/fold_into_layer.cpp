// SPDX-License-Identifier: MIT
#include "ompq/graph/fold_into_layer.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/weight_layout.h"

namespace ompq {
namespace {

const Constant* float_weight(const Graph& graph, const Node& layer) {
  const Constant* weight = graph.constant_input(layer, 1);
  const bool usable = weight != nullptr &&
                      weight->type() == DataType::Float32 &&
                      weight->shape().size() >= 2 && weight->size() > 0;
  return usable ? weight : nullptr;
}

/// What the layer adds to each output channel; nullopt if it is not a constant
/// vector.
std::optional<std::vector<double>> read_bias(
    const Graph& graph, const Node& layer, std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  if (!layer.input(2)) {
    return std::vector<double>(count, 0.0);
  }
  const Constant* bias = graph.constant_input(layer, 2);
  if (bias == nullptr || bias->type() != DataType::Float32) {
    return std::nullopt;
  }
  std::vector<double> elements = bias->to_double();
  // A Gemm may stretch its third input; [M, 1] differs from row to row.
  const bool is_vector = bias->size() == channels &&
                         (channels == 1 || bias->shape().back() == channels);
  if (elements.size() == 1) {
    elements.assign(count, elements[0]);
  } else if (!is_vector) {
    return std::nullopt;
  }
  if (layer.op_type == "Gemm") {
    const auto factor = static_cast<double>(layer.real("beta", 1.0F));
    for (double& element : elements) {
      element *= factor;
    }
  }
  return elements;
}

void require_channels(
    const Node& layer, std::int64_t channels, const ChannelAffine& affine) {
  OMPQ_CHECK(
      static_cast<std::size_t>(channels) == affine.scale.size(),
      ErrorCode::ShapeMismatch,
      "[fold_batch_norm] node '{}' ({}): {} channels, but the normalisation "
      "beside it has {}",
      layer.name,
      layer.op_type,
      channels,
      affine.scale.size());
}

Constant float_vector(const std::vector<double>& elements) {
  return Constant::from<float>(
      std::vector<float>(elements.begin(), elements.end()),
      {static_cast<std::int64_t>(elements.size())});
}

Constant scaled(
    const Constant& weight,
    const std::vector<double>& scale,
    const auto& channel_of) {
  const auto elements = weight.elements<float>();
  std::vector<float> result(elements.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const std::size_t channel = channel_of(static_cast<std::int64_t>(i));
    result[i] =
        static_cast<float>(static_cast<double>(elements[i]) * scale[channel]);
  }
  return Constant::from<float>(result, weight.shape());
}

}  // namespace

std::optional<FoldedLayer> fold_behind(
    const Graph& graph, const Node& layer, const ChannelAffine& affine) {
  const bool known = layer.op_type == "Conv" ||
                     layer.op_type == "ConvTranspose" ||
                     layer.op_type == "Gemm";
  const Constant* weight = known ? float_weight(graph, layer) : nullptr;
  if (weight == nullptr) {
    return std::nullopt;
  }
  const WeightLayout layout(layer, weight->shape());
  auto bias = read_bias(graph, layer, layout.output_channels());
  if (!bias) {
    return std::nullopt;
  }
  require_channels(layer, layout.output_channels(), affine);
  for (std::size_t channel = 0; channel < bias->size(); ++channel) {
    (*bias)[channel] =
        (*bias)[channel] * affine.scale[channel] + affine.shift[channel];
  }
  return FoldedLayer{
      scaled(
          *weight,
          affine.scale,
          [&](std::int64_t index) { return layout.output_of(index); }),
      float_vector(*bias)};
}

std::optional<FoldedLayer> fold_before(
    const Graph& graph, const Node& layer, const ChannelAffine& affine) {
  const Constant* weight =
      layer.op_type == "Conv" ? float_weight(graph, layer) : nullptr;
  if (weight == nullptr) {
    return std::nullopt;
  }
  const WeightLayout layout(layer, weight->shape());
  auto bias = read_bias(graph, layer, layout.output_channels());
  if (!bias) {
    return std::nullopt;
  }
  require_channels(layer, layout.input_channels(), affine);
  const auto elements = weight->elements<float>();
  for (std::int64_t index = 0; index < weight->size(); ++index) {
    (*bias)[layout.output_of(index)] +=
        static_cast<double>(elements[static_cast<std::size_t>(index)]) *
        affine.shift[layout.input_of(index)];
  }
  return FoldedLayer{
      scaled(
          *weight,
          affine.scale,
          [&](std::int64_t index) { return layout.input_of(index); }),
      float_vector(*bias)};
}

}  // namespace ompq
