// SPDX-License-Identifier: MIT
#include "ompq/export/export_model.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ompq/export/packed_graph.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/quantizable_layers.h"

namespace ompq {
namespace {

std::string weight_bits_text(const Graph& graph, const QuantizedModel& model) {
  std::unordered_map<std::string, int> bits;
  for (const QuantizedLayer& layer : model.layers) {
    bits[layer.name] = layer.weight.grid.bits;
  }
  std::vector<std::string> texts;
  for (const Layer& layer : find_quantizable_layers(graph).layers) {
    const auto found = bits.find(layer.name);
    texts.push_back(
        found == bits.end() ? "float" : fmt::to_string(found->second));
  }
  return fmt::format("{}", fmt::join(texts, ","));
}

std::string activation_bits_text(const QuantizedModel& model) {
  std::vector<int> bits;
  for (const QuantizedActivation& activation : model.activations) {
    bits.push_back(activation.grid.bits);
  }
  return fmt::format("{}", fmt::join(bits, ","));
}

Graph graph_of(
    const Graph& float_graph,
    const QuantizedModel& model,
    ExportProfile profile) {
  switch (profile) {
    case ExportProfile::Packed:
      return to_packed_graph(float_graph, model);
    default:
      return float_graph;
  }
}

}  // namespace

ExportedFiles export_model(
    const Graph& float_graph,
    const QuantizedModel& model,
    ExportProfile profile,
    const std::map<std::string, std::string>& metadata) {
  GraphBuilder builder(graph_of(float_graph, model, profile));
  for (const auto& [key, text] : metadata) {
    builder.set_metadata(key, text);
  }
  builder.set_metadata("ompq.profile", std::string(enum_name(profile)));
  builder.set_metadata(
      "ompq.weight_bits", weight_bits_text(float_graph, model));
  builder.set_metadata("ompq.activation_bits", activation_bits_text(model));
  const bool is_smallest = profile == ExportProfile::Packed;
  return {
      .onnx = serialize_onnx(
          std::move(builder).build(),
          {.inner_values = !is_smallest, .quantizer_names = !is_smallest}),
      .encodings = std::nullopt};
}

}  // namespace ompq
