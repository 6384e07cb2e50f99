// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/export/encoding_entry.h"
#include "ompq/export/encodings.h"
#include "ompq/export/real_weight.h"
#include "ompq/graph/channel_axes.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/quantization/qdq_graph.h"

namespace ompq {
namespace {

/// The weight of a layer with the scales of an entry; codes are missing.
QuantizedWeight scaled_weight(
    const detail::EncodingEntry& encoding,
    const JsonReader& json,
    const Layer& layer,
    const Node& node) {
  const ChannelAxes axes = channel_axes(layer, node);
  QuantizedWeight weight{
      .grid = encoding.grid, .shape = layer.weight_shape, .axis = axes.output};
  const auto size = [&](std::int64_t axis) {
    return layer.weight_shape[static_cast<std::size_t>(axis)];
  };
  std::int64_t expected = size(axes.output);
  if (encoding.kind == "PER_TENSOR") {
    detail::check_lengths(encoding, json, 1);
    const auto channels = static_cast<std::size_t>(expected);
    weight.scales.assign(channels, encoding.scales.front());
    weight.zero_points.assign(channels, encoding.zero_points.front());
    return weight;
  }
  if (encoding.kind == "PER_BLOCK") {
    if (axes.input < 0) {
      json.at("enc_type")
          .fail_field(fmt::format(
              "the weight of '{}' has no inputs to divide", layer.name));
    }
    if (size(axes.input) % encoding.block_size != 0) {
      json.at("block_size")
          .fail_field(fmt::format(
              "blocks of {} do not divide the {} inputs of '{}'",
              encoding.block_size,
              size(axes.input),
              layer.name));
    }
    weight.group_size = encoding.block_size;
    weight.group_axis = axes.input;
    expected *= size(axes.input) / encoding.block_size;
  }
  detail::check_lengths(encoding, json, expected);
  weight.scales = encoding.scales;
  weight.zero_points = encoding.zero_points;
  return weight;
}

/// code = limit(round(w / scale) + zero_point)
std::vector<std::int32_t> round_codes(
    const QuantizedWeight& weight, const Constant& reals) {
  const Constant numbers = reals.cast(DataType::Float32);
  const auto elements = numbers.elements<float>();
  std::vector<std::int32_t> codes;
  codes.reserve(elements.size());
  const std::vector<std::size_t> indices =
      detail::scale_indices(weight, weight.shape);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::size_t g = indices[i];
    const double steps = std::nearbyint(elements[i] / weight.scales[g]);
    codes.push_back(static_cast<std::int32_t>(std::clamp<double>(
        steps + weight.zero_points[g],
        weight.grid.lowest(),
        weight.grid.highest())));
  }
  return codes;
}

/// Collects the entries of one file.
class Reading {
 public:
  explicit Reading(const Graph& graph)
      : graph_(graph), layers_(find_quantizable_layers(graph).layers) {}

  void add_parameter(const JsonReader& json) {
    const auto encoding = detail::read_encoding_entry(json, true);
    if (!encoding.has_value()) {
      return;
    }
    check_is_new(json, encoding->name);
    bool is_found = false;
    for (const Layer& layer : layers_) {
      if (layer.weight_name != encoding->name) {
        continue;
      }
      is_found = true;
      const Node& node = graph_.node(layer.node);
      QuantizedWeight weight = scaled_weight(*encoding, json, layer, node);
      weight.codes = round_codes(weight, *graph_.constant_input(node, 1));
      by_node_.emplace(
          layer.node,
          QuantizedLayer{
              .name = layer.name, .weight = std::move(weight), .bias = {}});
    }
    if (!is_found) {
      json.at("name").fail_field(fmt::format(
          "no Conv, ConvTranspose, Gemm or MatMul has the weight '{}'",
          encoding->name));
    }
  }

  void add_activation(const JsonReader& json) {
    const auto encoding = detail::read_encoding_entry(json, false);
    if (!encoding.has_value()) {
      return;
    }
    check_is_new(json, encoding->name);
    const auto id = graph_.find_value(encoding->name);
    if (!id.has_value() || graph_.value(*id).constant.has_value() ||
        graph_.value(*id).type != DataType::Float32) {
      json.at("name").fail_field(fmt::format(
          "the network computes no float32 value '{}'", encoding->name));
    }
    if (encoding->kind != "PER_TENSOR") {
      json.at("enc_type")
          .fail_field(fmt::format(
              "an activation is quantized PER_TENSOR, got {}", encoding->kind));
    }
    detail::check_lengths(*encoding, json, 1);
    model_.activations.push_back(
        {.value = encoding->name,
         .grid = encoding->grid,
         .parameters = {
             .scale = encoding->scales.front(),
             .zero_point = encoding->zero_points.front()}});
  }

  QuantizedModel take() {
    for (auto& [node, layer] : by_node_) {
      model_.layers.push_back(std::move(layer));
    }
    std::ranges::sort(model_.activations, {}, [&](const auto& activation) {
      return *graph_.find_value(activation.value);
    });
    return std::move(model_);
  }

 private:
  void check_is_new(const JsonReader& json, const std::string& name) {
    if (!names_.insert(name).second) {
      json.at("name").fail_field(
          fmt::format("the tensor '{}' stands in the file twice", name));
    }
  }

  const Graph& graph_;
  LayerTable layers_;
  std::set<std::string> names_;
  std::map<NodeId, QuantizedLayer> by_node_;
  QuantizedModel model_;
};

}  // namespace

QuantizedModel model_from_encodings(
    const Graph& graph, const Json& encodings, const std::string& where) {
  const JsonReader json(encodings, where, ErrorCode::InvalidFile);
  const std::string version = json.at("version").as_string();
  OMPQ_CHECK(
      version == "1.0.0",
      ErrorCode::Unsupported,
      "{}: version: encodings of version {} are not supported; ompq reads "
      "1.0.0",
      where,
      version);
  Reading reading(graph);
  const JsonReader parameters = json.at("param_encodings");
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    reading.add_parameter(parameters.at(i));
  }
  const JsonReader activations = json.at("activation_encodings");
  for (std::size_t i = 0; i < activations.size(); ++i) {
    reading.add_activation(activations.at(i));
  }
  return reading.take();
}

Graph apply_encodings(
    const Graph& graph, const Json& encodings, const std::string& where) {
  return to_qdq_graph(graph, model_from_encodings(graph, encodings, where));
}

}  // namespace ompq
