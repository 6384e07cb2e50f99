// SPDX-License-Identifier: MIT
#include "ompq/export/export_model.h"

#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ompq/core/error.h"
#include "ompq/core/units.h"
#include "ompq/export/compact_graph.h"
#include "ompq/export/encodings.h"
#include "ompq/export/fast_graph.h"
#include "ompq/export/packed_graph.h"
#include "ompq/export/qonnx_graph.h"
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
    case ExportProfile::Compact:
      return to_compact_graph(float_graph, model);
    case ExportProfile::Fast:
      return to_fast_graph(float_graph, model);
    case ExportProfile::Qonnx:
      return to_qonnx_graph(float_graph, model);
    case ExportProfile::Encodings:
      break;
  }
  return to_rounded_graph(float_graph, model);
}

/// Bytes for the codes of a layer are what `fast` has.
void check_widths(const QuantizedModel& model, ExportProfile profile) {
  for (const QuantizedLayer& layer : model.layers) {
    const int bits = layer.weight.grid.bits;
    OMPQ_CHECK(
        profile != ExportProfile::Fast || bits <= kBitsPerByte,
        ErrorCode::Unsupported,
        "[export] layer '{}' has weights of {} bits; profile fast holds {} at "
        "most. Profiles packed, compact and qonnx hold them",
        layer.name,
        bits,
        kBitsPerByte);
    OMPQ_CHECK(
        profile != ExportProfile::Encodings || bits > 1,
        ErrorCode::Unsupported,
        "[export] layer '{}' has weights of 1 bit; AIMET's encodings begin "
        "with 2. Profiles packed, compact, fast and qonnx hold them",
        layer.name);
  }
}

}  // namespace

ExportedFiles export_model(
    const Graph& float_graph,
    const QuantizedModel& model,
    ExportProfile profile,
    const std::map<std::string, std::string>& metadata) {
  check_widths(model, profile);
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
      .encodings =
          profile == ExportProfile::Encodings
              ? std::optional(
                    to_aimet_encodings(float_graph, model).dump(2) + "\n")
              : std::nullopt};
}

}  // namespace ompq
