// SPDX-License-Identifier: MIT
#include "ompq/pipeline/export_network.h"

#include <algorithm>

#include "ompq/core/atomic_file.h"
#include "ompq/core/error.h"
#include "ompq/core/json_file.h"
#include "ompq/export/encodings.h"
#include "ompq/export/export_model.h"
#include "ompq/export/integer_biases.h"
#include "ompq/export/integer_lint.h"
#include "ompq/graph/canonical.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/load_exported.h"
#include "ompq/quantization/qdq_graph.h"

namespace ompq {
namespace {

/// `fast` rounds biases to integers, so a code of an activation may be its
/// neighbour.
VerificationOptions verification_of(const ExportOptions& options) {
  constexpr double kSameOperations = 1e-5;
  constexpr double kRoundedBiases = 0.03;
  const bool rounds = options.profile == ExportProfile::Fast;
  return {
      .tolerance = rounds ? kRoundedBiases : kSameOperations,
      .rounds = rounds,
      .moves_limits = rounds || options.profile == ExportProfile::Packed ||
                      options.profile == ExportProfile::Compact,
      .seed = options.seed};
}

Graph read_back(const ExportedFiles& files, const std::string& where) {
  Graph graph = infer_shapes(canonicalize(parse_onnx(files.onnx, {}, where)));
  if (!files.encodings) {
    return graph;
  }
  return infer_shapes(
      apply_encodings(graph, Json::parse(*files.encodings), where));
}

/// What the file is to compute.
Graph simulation_of(const QuantizedNetwork& network, ExportProfile profile) {
  return infer_shapes(to_qdq_graph(
      network.graph,
      profile == ExportProfile::Packed
          ? with_integer_biases(network.graph, network.model)
          : network.model));
}

Bytes payload_of(const QuantizedModel& model) {
  std::int64_t bits = 0;
  for (const QuantizedLayer& layer : model.layers) {
    bits += element_count(layer.weight.shape) * layer.weight.grid.bits;
  }
  return Bytes{(bits + 7) / 8};
}

/// The network and the grids that lie beside it.
QuantizedNetwork network_from_encodings(
    const std::filesystem::path& path, const ShapeOptions& shapes) {
  const PreparedModel model = load_model(path, shapes);
  const std::string file = encodings_file_of(path).string();
  QuantizedNetwork network{
      .graph = model.graph,
      .model = model_from_encodings(model.graph, read_encodings_of(path), file),
      .float_layers = {}};
  for (const Layer& layer : model.layers.layers) {
    if (std::ranges::none_of(
            network.model.layers, [&](const QuantizedLayer& quantized) {
              return quantized.name == layer.name;
            })) {
      network.float_layers.push_back(layer.name);
    }
  }
  return network;
}

}  // namespace

QuantizedNetwork read_quantized_network(
    const std::filesystem::path& path, const ShapeOptions& shapes) {
  const Graph graph = canonicalize(read_onnx(path));
  QuantizedNetwork network = has_encodings(graph)
                                 ? network_from_encodings(path, shapes)
                                 : take_quantizers_out(graph, shapes);
  OMPQ_CHECK(
      !network.model.layers.empty(),
      ErrorCode::InvalidArgument,
      "[export] {}: none of its {} layers has integer weights; quantize it "
      "first: ompq quantize",
      path.string(),
      network.float_layers.size());
  return network;
}

ExportReport export_network(
    const QuantizedNetwork& network,
    const ExportOptions& options,
    const ExportVerifier& verify) {
  const ExportedFiles files = export_model(
      network.graph, network.model, options.profile, options.metadata);
  const std::string where = options.output.filename().string();
  OMPQ_CHECK(
      !files.encodings || encodings_file_of(options.output) != options.output,
      ErrorCode::InvalidArgument,
      "[export] {}: this is where the encodings go; give the network another "
      "ending, such as .onnx",
      options.output.string());
  const auto size = static_cast<std::int64_t>(files.onnx.size());
  OMPQ_CHECK(
      !options.limit || size <= options.limit->count,
      ErrorCode::Infeasible,
      "[export] {}: the file takes {} bytes, {} more than the budget; search "
      "again with a smaller --size. Nothing was written",
      where,
      size,
      size - options.limit->count);
  ExportReport report{
      .profile = options.profile,
      .output = options.output,
      .file_size = Bytes{size},
      .payload = payload_of(network.model),
      .quantized_layers =
          static_cast<std::int64_t>(network.model.layers.size()),
      .float_layers = static_cast<std::int64_t>(network.float_layers.size()),
      .verification = verify(
          read_back(files, where),
          simulation_of(network, options.profile),
          where,
          verification_of(options)),
      .lint = std::nullopt};
  if (options.profile == ExportProfile::Fast) {
    report.lint = lint_integers(parse_onnx(files.onnx, {}, where));
  }
  // The grids first: a network without them would be another one.
  if (files.encodings) {
    write_file_atomically(encodings_file_of(options.output), *files.encodings);
  }
  write_file_atomically(options.output, files.onnx);
  return report;
}

}  // namespace ompq
